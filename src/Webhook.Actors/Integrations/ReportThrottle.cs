namespace Webhook.Actors.Integrations;

/// <summary>
/// Which reports of its lanes an integration keeps in its journal. Changes are kept: the first failure, the third attempt, the first success after a kept failure;
/// of the rest, one of each outcome in ten seconds. A receiver that flaps costs a few journal entries in ten seconds, 10,000 dead ones about 1,000 a second.
/// </summary>
internal static class ReportThrottle
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public static IIntegrationEvent? Decide(DeliveryHistory history, DeliveryReport report, DateTimeOffset now)
    {
        if (report.Outcome == AttemptOutcome.Delivered)
            return history.FailedAttempts > 0 ? new IntegrationEvents.DeliveryRecovered(now) : null;
        var becomesError = report.Attempt >= ConnectionStates.AttemptsUntilError && history.FailedAttempts is > 0 and < ConnectionStates.AttemptsUntilError;
        if (!becomesError && history.Errors.Any(e => e.Outcome == report.Outcome && now - e.At < Pause)) return null;
        return new IntegrationEvents.DeliveryFailed(
            report.Outcome, report.Attempt, report.StatusCode, report.Error ?? report.Outcome.ToString(), now);
    }
}
