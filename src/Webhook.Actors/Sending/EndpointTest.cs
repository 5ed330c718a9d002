using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Test Integration: one attempt with a real, signed sample batch, by the same code that delivers, told stage by stage.</summary>
internal static class EndpointTest
{
    private const int MaxAnswerShown = 200;

    /// <exception cref="OperationCanceledException">The test was given up.</exception>
    public static async Task<LaneProtocol.TestReport> RunAsync(
        LaneId lane, IntegrationSettings settings, SendingServices services, CancellationToken cancellation)
    {
        var trace = new StageTrace(services.Time);
        using var sender = new AttemptSender(settings, services, SendWindow.For(settings.Delivery), trace);
        using var batch = SampleBatch.Create(lane, settings, services.Time.GetUtcNow());
        using var body = EncodedBody.Encode(batch, settings.Delivery.Compression);
        var result = await sender.AttemptAsync(batch, body, cancellation).ConfigureAwait(false);

        var succeeded = result.Outcome == AttemptOutcome.Delivered;
        var stages = trace.Finish(succeeded, Detail(result));
        return new LaneProtocol.TestReport(succeeded, stages, result.StatusCode, result.Error);
    }

    private static string? Detail(AttemptResult result) => result switch
    {
        { Outcome: AttemptOutcome.Delivered, StatusCode: { } status } => $"the receiver answered {status}",
        { Answer: { Length: > 0 } answer } => $"{result.Error}: {answer[..Math.Min(answer.Length, MaxAnswerShown)]}",
        _ => result.Error,
    };
}
