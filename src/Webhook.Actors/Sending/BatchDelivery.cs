using Polly;
using Polly.Retry;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>A delivery: attempts for one batch, with pauses, until the receiver has taken it or the delivery is told to end. Gives up by itself never.</summary>
internal sealed class BatchDelivery : IDisposable
{
    private readonly IntegrationSettings _settings;
    private readonly SendingServices _services;
    private readonly AttemptSender _sender;
    private readonly RequestPace _pace;
    private readonly ResiliencePipeline<AttemptResult> _untilTaken;

    /// <param name="jitter">0 to 1, asked once per pause.</param>
    public BatchDelivery(IntegrationSettings settings, SendingServices services, SendWindow window, Func<double> jitter)
    {
        _settings = settings;
        _services = services;
        _sender = new AttemptSender(settings, services, window);
        _pace = new RequestPace(settings.Delivery.MaxRequestsPerSecond, services.Time);
        _untilTaken = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = services.Time }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static args =>
                    ValueTask.FromResult(args.Outcome.Result is { } result && OutcomeRule.Of(result.Outcome).Next == NextStep.Retry),
                DelayGenerator = args =>
                    ValueTask.FromResult<TimeSpan?>(RetrySchedule.Delay(args.AttemptNumber + 1, args.Outcome.Result!.RetryAfter, jitter())),
            })
            .Build();
    }

    /// <summary>Sends <paramref name="batch"/> and gives its body back when no request reads from it any more.</summary>
    /// <param name="failed">Told of every failed attempt and its number, from 1, on any thread.</param>
    /// <param name="noRetries">Ends pauses at once and lets no further attempt start; the one under way goes on. The first attempt is made all the same, if it need not wait.</param>
    /// <param name="abort">Ends everything at once.</param>
    /// <returns>true: the receiver has it, and this is how many attempts that took. false: it is unknown or known that it has not.</returns>
    public async Task<(bool IsDelivered, int Attempts)> SendAsync(
        Batch batch, Action<AttemptResult, int> failed, CancellationToken noRetries, CancellationToken abort)
    {
        using var owned = batch;
        using var body = EncodedBody.Encode(batch, _settings.Delivery.Compression);
        var attempts = 0;
        try
        {
            // A pipeline whose token is cancelled would not even try once.
            var result = noRetries.IsCancellationRequested
                ? await AttemptAsync().ConfigureAwait(false)
                : await _untilTaken.ExecuteAsync(_ => AttemptAsync(), noRetries).ConfigureAwait(false);
            if (result.Outcome != AttemptOutcome.Delivered) return (false, attempts);
        }
        catch (OperationCanceledException) when (noRetries.IsCancellationRequested || abort.IsCancellationRequested)
        {
            return (false, attempts);
        }

        _services.Metrics.Delivered(batch.Integration.ToString(), batch.Events, batch.Length);
        return (true, attempts);

        async ValueTask<AttemptResult> AttemptAsync()
        {
            var wait = _pace.Reserve();
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _services.Time, noRetries).ConfigureAwait(false);
            var result = await _sender.AttemptAsync(batch, body, abort).ConfigureAwait(false);
            attempts++;
            if (result.RetryAfter is { } pause) _pace.Pause(RetrySchedule.Cap(pause));
            if (result.Outcome != AttemptOutcome.Delivered) failed(result, attempts);
            return result;
        }
    }

    public void Dispose() => _sender.Dispose();
}
