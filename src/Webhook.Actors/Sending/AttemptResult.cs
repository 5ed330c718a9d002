using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>One attempt's end.</summary>
/// <param name="Error">For people, without secrets and bodies; null when delivered.</param>
/// <param name="RetryAfter">What the receiver asked for, not yet capped.</param>
/// <param name="Answer">The beginning of the receiver's answer, for the test's report and the delivery log; null when there was none.</param>
internal sealed record AttemptResult(
    AttemptOutcome Outcome, int? StatusCode = null, string? Error = null, TimeSpan? RetryAfter = null, string? Answer = null)
{
    /// <summary>The events that the receiver itself named as refused, by index.</summary>
    public IReadOnlyList<RefusedEvent> Refused { get; init; } = [];

    /// <summary>How it went, for the delivery log and the test's report; null in what no request was made for.</summary>
    public AttemptDetail? Detail { get; init; }
}

/// <param name="AnswerTruncated">The answer has more than was kept of it.</param>
/// <param name="RequestHeaders">As sent, secrets masked; empty when there was no request yet.</param>
internal sealed record AttemptDetail(
    DateTimeOffset StartedAt, bool AnswerTruncated, IReadOnlyList<RequestHeader> RequestHeaders, IReadOnlyList<LaneProtocol.TestStage> Stages, AttemptPhases Phases);

/// <summary>A header of a request as it may be shown.</summary>
internal readonly record struct RequestHeader(string Name, string Value);

/// <summary>Where the time of an attempt went, in milliseconds; null: there was no such phase, as on a connection that is used again.</summary>
/// <param name="Queue">Before anything happened on a connection: opening secrets, signing, waiting for one.</param>
/// <param name="Resolve">Finding the addresses, and checking them.</param>
/// <param name="Request">Sending the request.</param>
/// <param name="Answer">From there until the answer was read.</param>
internal readonly record struct AttemptPhases(double Queue, double? Resolve, double? Connect, double? Tls, double? Request, double? Answer, double Total);
