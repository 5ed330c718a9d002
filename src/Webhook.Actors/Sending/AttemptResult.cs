using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>One attempt's end.</summary>
/// <param name="Error">For people, without secrets and bodies; null when delivered.</param>
/// <param name="RetryAfter">What the receiver asked for, not yet capped.</param>
/// <param name="Answer">The beginning of the receiver's answer, for the test's report; null when there was none.</param>
internal sealed record AttemptResult(
    AttemptOutcome Outcome, int? StatusCode = null, string? Error = null, TimeSpan? RetryAfter = null, string? Answer = null);
