using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.LiveApi;

/// <summary><c>GET /v1/overview</c>: everything at a glance, cheap enough to be asked every second. It asks no lane: what they show anyway is read.</summary>
internal sealed class OverviewEndpoint(
    IntegrationDirectory directory, LaneGauges lanes, WebhookMetrics metrics, IDeadLetterStore deadLetters, EventLogReader log, TimeProvider time)
{
    public async Task<IResult> ShowAsync(CancellationToken cancellation)
    {
        var integrations = await directory.ListAsync(cancellation);
        var (now, snapshot, refused) = (time.GetUtcNow(), lanes.Snapshot(), deadLetters.Counts());
        return Results.Json(
            new OverviewResource(
                Product.Version, now.UtcDateTime, Log(),
                [
                    .. integrations.Select(view => OverviewIntegration.Of(
                        view, snapshot.TryGetValue(view.Id, out var lane) ? lane : null, metrics.DeliveredPerSecond(view.Id.ToString()),
                        refused.GetValueOrDefault(view.Id.Value), now)),
                ]),
            LiveJson.Readable.OverviewResource);
    }

    private OverviewLog Log()
    {
        var bounds = Enumerable.Range(0, log.Partitions).Select(log.Bounds).ToList();
        return new OverviewLog(
            metrics.AcceptedPerSecond(), bounds.Sum(static b => b.Events), bounds.Sum(static b => b.Bytes), bounds.Min(static b => b.OldestAppendedAt)?.UtcDateTime);
    }
}
