using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.LiveApi;

/// <summary>How everything is now.</summary>
/// <param name="Integrations">By id.</param>
internal sealed record OverviewResource(string Version, DateTime Time, OverviewLog Log, IReadOnlyList<OverviewIntegration> Integrations);

/// <param name="AcceptedPerSecond">Events, over the last five seconds.</param>
/// <param name="Events">Kept, also those that are delivered.</param>
/// <param name="Oldest">When the oldest of them was stored; absent when there is none.</param>
internal sealed record OverviewLog(double AcceptedPerSecond, long Events, long Bytes, DateTime? Oldest);

/// <summary>One integration. What its lanes tell is absent while they do not run: it is disabled, or starts.</summary>
/// <param name="DeliveredPerSecond">Events, over the last five seconds.</param>
/// <param name="OldestUndeliveredSeconds">0: nothing waits.</param>
/// <param name="Backlog">Events of the log, of all channels, that it is not past yet; absent also while it reads them from the disk.</param>
/// <param name="Errors">Of the last 24 hours.</param>
/// <param name="DeadLetters">Kept.</param>
internal sealed record OverviewIntegration(
    long Id, string Name, string State, bool IsEnabled, string? Reason, DateTime? PausedUntil, double DeliveredPerSecond, int? RequestsInFlight, int? Window,
    double? OldestUndeliveredSeconds, long? Backlog, int Errors, long DeadLetters)
{
    public static OverviewIntegration Of(IntegrationView view, LaneSnapshot? lanes, double deliveredPerSecond, long deadLetters, DateTimeOffset now)
    {
        var current = view.Current;
        return new OverviewIntegration(
            view.Id.Value, view.Name, current.State.Name(), current.IsEnabled, StatusResource.ReasonOf(current), StatusResource.PausedUntilOf(current, now),
            deliveredPerSecond, lanes?.RequestsInFlight, lanes?.Window, lanes is { } l ? Math.Round(l.OldestUndelivered.TotalSeconds, 3) : null, lanes?.Backlog,
            current.Errors.Count, deadLetters);
    }
}
