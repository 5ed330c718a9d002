using System.Net.Http.Headers;
using Polly;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Sending;

/// <summary>What sending needs from the process; the same for every lane.</summary>
internal sealed record SendingServices(ISecretProtector Secrets, TimeProvider Time, WebhookMetrics Metrics);

/// <summary>
/// Makes one attempt: one request for a batch, within the attempt's time, told as a value. The connections and opened secrets of one revision of an
/// integration's settings live here. Safe for several attempts at once.
/// </summary>
internal sealed class AttemptSender : IDisposable
{
    private readonly IntegrationSettings _settings;
    private readonly SendingServices _services;
    private readonly StageTrace? _trace;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageInvoker _invoker;
    private readonly ResiliencePipeline _withinTimeout;
    private Credentials? _credentials;

    /// <param name="trace">Of a test; null in delivery.</param>
    public AttemptSender(IntegrationSettings settings, SendingServices services, SendWindow window, StageTrace? trace = null)
    {
        _settings = settings;
        _services = services;
        _trace = trace;
        _timeout = TimeSpan.FromMilliseconds(settings.Delivery.TimeoutMs);
        _invoker = new HttpMessageInvoker(EndpointHandler.Create(settings, window, trace));
        _withinTimeout = new ResiliencePipelineBuilder { TimeProvider = services.Time }.AddTimeout(_timeout).Build();
    }

    /// <exception cref="OperationCanceledException"><paramref name="abort"/> was cancelled; nothing is known about the request.</exception>
    public async Task<AttemptResult> AttemptAsync(Batch batch, EncodedBody body, CancellationToken abort)
    {
        var started = _services.Time.GetTimestamp();
        AttemptResult result;
        try
        {
            result = await _withinTimeout.ExecuteAsync(
                static (s, cancellation) => s.Self.ExchangeAsync(s.Batch, s.Body, cancellation), (Self: this, Batch: batch, Body: body), abort).ConfigureAwait(false);
        }
        catch (Exception e) when (!abort.IsCancellationRequested && AttemptClassification.OfException(e) is { } outcome)
        {
            result = new AttemptResult(outcome, Error: AttemptClassification.Describe(outcome, e, _timeout));
        }

        _services.Metrics.Attempted(OutcomeRule.Of(result.Outcome).Label, _services.Time.GetElapsedTime(started));
        return result;
    }

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<AttemptResult> ExchangeAsync(Batch batch, EncodedBody body, CancellationToken cancellation)
    {
        // Opened once and kept; two first attempts at once open them twice, which changes nothing. A failure is tried again with the next attempt.
        var credentials = _credentials ??= Credentials.Open(_settings, _services.Secrets);
        using var request = DeliveryRequest.Create(_settings, credentials, batch, body, _services.Time.GetUtcNow());
        using var response = await _invoker.SendAsync(request, cancellation).ConfigureAwait(false);
        _trace?.Start("status");
        var answer = await AnswerExcerpt.ReadAsync(response, _services.Time, cancellation).ConfigureAwait(false);

        var status = (int)response.StatusCode;
        var outcome = AttemptClassification.OfStatus(status);
        return outcome == AttemptOutcome.Delivered
            ? new AttemptResult(outcome, status)
            : new AttemptResult(outcome, status, AttemptClassification.Describe(status), RetryAfter(response), credentials.Redact(answer));
    }

    // Only these two say when to come back (RFC 9110 10.2.3, RFC 6585 4).
    private TimeSpan? RetryAfter(HttpResponseMessage response) => (int)response.StatusCode is 429 or 503 ? Until(response.Headers.RetryAfter) : null;

    private TimeSpan? Until(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _services.Time.GetUtcNow() => date - _services.Time.GetUtcNow(),
        _ => null,
    };
}
