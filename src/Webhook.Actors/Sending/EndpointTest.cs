using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Test Integration: one attempt with a real, signed sample batch, by the same code that delivers, told stage by stage.</summary>
internal static class EndpointTest
{
    private const int MaxAnswerShown = 200;

    /// <param name="record">For the delivery log.</param>
    /// <exception cref="OperationCanceledException">The test was given up.</exception>
    public static async Task<LaneProtocol.TestReport> RunAsync(
        LaneId lane, IntegrationSettings settings, SendingServices services, Action<DeliveryAttempt> record, CancellationToken cancellation)
    {
        using var sender = AttemptSenders.Open(settings, services, connections: 1);
        using var batch = SampleBatch.Create(lane, settings, services.Time.GetUtcNow());
        using var body = EncodedBody.Encode(batch.Body, settings.Delivery.Compression);
        var result = await sender.AttemptAsync(batch, body, cancellation).ConfigureAwait(false);

        record(DeliveryAttempt.Of(batch, 1, result));

        var succeeded = result.Outcome == AttemptOutcome.Delivered;
        var stages = result.Detail!.Stages;
        if (Detail(result) is { } detail) stages = [.. stages.SkipLast(1), stages[^1] with { Detail = detail }];
        return new LaneProtocol.TestReport(succeeded, stages, result.StatusCode, result.Error);
    }

    private static string? Detail(AttemptResult result) => result switch
    {
        { Outcome: AttemptOutcome.Delivered, StatusCode: { } status } => $"the receiver answered {status}",
        { Answer: { } answer } => $"{result.Error}: {answer[..Math.Min(answer.Length, MaxAnswerShown)]}",
        _ => result.Error,
    };
}
