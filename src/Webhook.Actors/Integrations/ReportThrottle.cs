namespace Webhook.Actors.Integrations;

/// <summary>
/// Which reports of its lanes an integration keeps in its journal. Changes are kept: the first failure, what holds the integration back, the first success after a
/// kept failure; of the rest, one of each outcome in ten seconds. A receiver that flaps costs a few journal entries in ten seconds, 10,000 dead ones about 1,000 a second.
/// </summary>
internal static class ReportThrottle
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>A pause shorter than this is over before anybody could look.</summary>
    public static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(5);

    public static IIntegrationEvent? Decide(IntegrationState state, DeliveryReport report, DateTimeOffset now)
    {
        if (report.Outcome == AttemptOutcome.Delivered)
            return state.History.FailedAttempts > 0 || state.Hold is not null ? new IntegrationEvents.DeliveryRecovered(now) : null;
        var hold = report.Hold is { } held && held != state.Hold && (held.IsInhibition || held.Until - now >= ShortestHold) ? held : null;
        if (hold is null && state.History.Errors.Any(e => e.Outcome == report.Outcome && now - e.At < Pause)) return null;
        return new IntegrationEvents.DeliveryFailed(
            report.Outcome, report.Attempt, report.StatusCode, report.Error ?? report.Outcome.ToString(), now, hold);
    }
}
