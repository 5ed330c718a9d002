using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>How an integration is doing.</summary>
/// <param name="State">Not Connected, Connected, Warning, Error (spec 5).</param>
/// <param name="Reason">Why it is not Connected: the last error, or why it does not deliver.</param>
/// <param name="OldestUndelivered">When the first event that is not delivered yet was stored; absent when all are.</param>
/// <param name="Cursor">Everything before this position is delivered or filtered out. Of several partitions the one furthest behind is shown. Absent when its lane does not answer.</param>
/// <param name="Head">The next event of that partition gets this position.</param>
internal sealed record StatusResource(
    string State, bool IsEnabled, bool IsTested, string? Reason, DateTime? OldestUndelivered, PositionResource? Cursor, PositionResource? Head,
    bool? IsRunning, int? RequestsInFlight, DateTime? LastTestedAt)
{
    public static StatusResource Of(IntegrationView view, IReadOnlyList<LaneProtocol.Progress>? lanes)
    {
        var current = view.Current;
        var slowest = lanes?.OrderBy(static l => l.OldestUndelivered ?? DateTimeOffset.MaxValue).ThenByDescending(static l => l.Head - l.Cursor).First();
        return new StatusResource(
            current.State.Name(), current.IsEnabled, current.IsTested, ReasonOf(current), slowest?.OldestUndelivered?.UtcDateTime,
            slowest is null ? null : new PositionResource(slowest.Lane.Partition, slowest.Cursor),
            slowest is null ? null : new PositionResource(slowest.Lane.Partition, slowest.Head),
            lanes?.Any(static l => l.Running), lanes?.Sum(static l => l.RequestsInFlight), current.LastTest?.At.UtcDateTime);
    }

    private static string? ReasonOf(IntegrationProtocol.Current current) => current.State switch
    {
        ConnectionState.NotConnected => current.DisabledReason ?? (current.IsTested ? "disabled" : "disabled, not tested with these settings"),
        ConnectionState.Connected => null,
        _ => current.Errors.Count > 0 ? current.Errors[^1].Error : "the last errors are more than 24 hours old",
    };
}
