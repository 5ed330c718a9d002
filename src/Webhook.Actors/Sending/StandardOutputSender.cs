using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>The attempts of an integration of type LOCAL: a batch is delivered once standard output has taken it.</summary>
internal sealed class StandardOutputSender(SendingServices services) : IAttemptSender
{
    private const string Stage = "output";

    public async Task<AttemptResult> AttemptAsync(Batch batch, EncodedBody body, CancellationToken abort)
    {
        var (startedAt, started) = (services.Time.GetUtcNow(), services.Time.GetTimestamp());
        string? error = null;
        try
        {
            await services.Output.WriteAsync(body.Bytes, abort).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            error = $"standard output does not take events: {e.Message}";
        }

        var elapsed = services.Time.GetElapsedTime(started);
        var outcome = error is null ? AttemptOutcome.Delivered : AttemptOutcome.ConnectFailed;
        services.Metrics.Attempted(OutcomeRule.Of(outcome).Label, elapsed);
        var milliseconds = elapsed.TotalMilliseconds;
        return new AttemptResult(outcome, Error: error)
        {
            Detail = new AttemptDetail(
                startedAt, AnswerTruncated: false, [], [new LaneProtocol.TestStage(Stage, error is null, milliseconds, error)],
                new AttemptPhases(0, null, null, null, milliseconds, null, milliseconds)),
        };
    }

    public void Dispose()
    {
        // Standard output is everybody's.
    }
}
