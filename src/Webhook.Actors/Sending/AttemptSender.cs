using System.Net.Http.Headers;
using Polly;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Sending;

/// <summary>What sending needs from the process; the same for every lane.</summary>
internal sealed record SendingServices(
    ISecretProtector Secrets, ICertificateSource Certificates, SendingLimits Limits, TimeProvider Time, WebhookMetrics Metrics, EgressRules Egress,
    IHostResolver Resolver, StandardOutput Output);

/// <summary>
/// The attempts of an integration of type WEBHOOK: one request for a batch, within the attempt's time. The connections and opened secrets of one revision of an
/// integration's settings live here.
/// </summary>
internal sealed class AttemptSender : IAttemptSender
{
    private const int MaxErrorLength = 500;

    private readonly IntegrationSettings _settings;
    private readonly SendingServices _services;
    private readonly TimeSpan _timeout;
    private readonly EndpointConnections _connections;
    private readonly ResiliencePipeline _withinTimeout;
    private Credentials? _credentials;

    /// <param name="connections">At a time, at most.</param>
    public AttemptSender(IntegrationSettings settings, SendingServices services, int connections)
    {
        _settings = settings;
        _services = services;
        _timeout = TimeSpan.FromMilliseconds(settings.Delivery.TimeoutMs);
        _connections = new EndpointConnections(settings, services, connections);
        _withinTimeout = new ResiliencePipelineBuilder { TimeProvider = services.Time }.AddTimeout(_timeout).Build();
    }

    public async Task<AttemptResult> AttemptAsync(Batch batch, EncodedBody body, CancellationToken abort)
    {
        var exchange = new Exchange(batch, body, new StageTrace(_services.Time));
        var (startedAt, started) = (_services.Time.GetUtcNow(), _services.Time.GetTimestamp());
        AttemptResult result;
        try
        {
            result = await _withinTimeout.ExecuteAsync(
                static (s, cancellation) => s.Self.ExchangeAsync(s.Exchange, cancellation), (Self: this, Exchange: exchange), abort).ConfigureAwait(false);
        }
        catch (Exception e) when (!abort.IsCancellationRequested && AttemptClassification.OfException(e) is { } outcome)
        {
            result = new AttemptResult(outcome, Error: Told(AttemptClassification.Describe(outcome, e, _timeout)));
        }

        _services.Metrics.Attempted(OutcomeRule.Of(result.Outcome).Label, _services.Time.GetElapsedTime(started));
        var stages = exchange.Trace.Finish(result.Outcome == AttemptOutcome.Delivered);
        return result with { Detail = new AttemptDetail(startedAt, exchange.AnswerTruncated, exchange.Headers, stages, exchange.Trace.Phases()) };
    }

    public void Dispose() => _connections.Dispose();

    private async ValueTask<AttemptResult> ExchangeAsync(Exchange exchange, CancellationToken cancellation)
    {
        // Opened once and kept; two first attempts at once open them twice, which changes nothing. A failure is tried again with the next attempt.
        var credentials = _credentials ??= Credentials.Open(_settings, _services.Secrets);
        using var rented = await _connections.RentAsync(cancellation).ConfigureAwait(false);
        using var request = DeliveryRequest.Create(_settings, credentials, exchange.Batch, exchange.Body, _services.Time.GetUtcNow(), exchange.Trace);
        exchange.Headers = DeliveryRequest.Describe(request, credentials);
        using var response = await rented.Invoker.SendAsync(request, cancellation).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var mayNameEvents = status is 207 or 422;
        (var answer, exchange.AnswerTruncated) = await AnswerExcerpt.ReadAsync(
            response, mayNameEvents ? RefusedList.MaxBytes : AnswerExcerpt.MaxText, _services.Time, cancellation).ConfigureAwait(false);

        var outcome = AttemptClassification.OfStatus(status, _settings.Delivery.StatusOverrides);
        var isDelivered = outcome == AttemptOutcome.Delivered;
        return new AttemptResult(
            outcome, status, isDelivered ? null : AttemptClassification.Describe(status), isDelivered ? null : RetryAfter(response),
            answer.IsEmpty ? null : credentials.Redact(AnswerExcerpt.Text(answer)))
        {
            Refused = mayNameEvents ? RefusedList.Read(answer, exchange.Batch.Events) : [],
        };
    }

    // The runtime quotes a malformed answer in its exceptions: up to 32 KiB of what the receiver chose to send, our secret among it.
    private string Told(string error) => AnswerExcerpt.OneLine(_credentials?.Redact(error) ?? error, MaxErrorLength);

    // Only these two say when to come back (RFC 9110 10.2.3, RFC 6585 4).
    private TimeSpan? RetryAfter(HttpResponseMessage response) => (int)response.StatusCode is 429 or 503 ? Until(response.Headers.RetryAfter) : null;

    private TimeSpan? Until(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _services.Time.GetUtcNow() => date - _services.Time.GetUtcNow(),
        _ => null,
    };

    /// <summary>One attempt under way. What is known of it stays known when it fails.</summary>
    private sealed class Exchange(Batch batch, EncodedBody body, StageTrace trace)
    {
        public Batch Batch => batch;

        public EncodedBody Body => body;

        public StageTrace Trace => trace;

        public IReadOnlyList<RequestHeader> Headers { get; set; } = [];

        public bool AnswerTruncated { get; set; }
    }
}
