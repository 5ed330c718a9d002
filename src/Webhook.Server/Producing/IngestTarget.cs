using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Server.Access;
using Webhook.Server.Client;
using Webhook.Server.Ingest;

namespace Webhook.Server.Producing;

/// <summary>
/// Sends batches to a server's ingest. (1) A request whose answer did not arrive, or that asks to wait, is sent again with the same <c>Idempotency-Key</c>, so that
/// nothing is stored twice. (2) Of a batch that is refused nothing is stored: it is halved until the refused events stand alone.
/// </summary>
/// <param name="path">From the server's address: <c>v1/events/…</c> or <c>v1/falco</c>.</param>
/// <param name="key">Of a producer; goes nowhere but into the header.</param>
/// <param name="persistence">How long one request is sent again before it is given up.</param>
internal sealed class IngestTarget(
    Uri server, string path, string key, RequestCompression compression, TimeSpan persistence, HttpMessageHandler handler, SendTally tally, TimeProvider time) : IEventTarget
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _client = new(handler) { Timeout = RequestTimeout };
    private readonly Uri _url = new(server, path);
    private bool _hasAnswered;

    public static SocketsHttpHandler NewHandler(int connections) => new()
    {
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = connections,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    public async Task<SendStop?> SendAsync(InputBatch batch, CancellationToken cancellation)
    {
        var pieces = new Stack<(int Start, int Count)>();
        pieces.Push((0, batch.Count));
        while (pieces.TryPop(out var piece))
        {
            var (start, count) = piece;
            var body = batch.Slice(start, count);
            switch (await SettleAsync(body, cancellation))
            {
                case Settled.Accepted:
                    tally.Accept(count, body.Count);
                    break;
                case Settled.Refused refused when count == 1:
                    tally.Refuse(batch.EventAt(start), batch.LineOf(start), refused.Reason);
                    break;
                case Settled.Refused:
                    pieces.Push((start + (count / 2), count - (count / 2)));
                    pieces.Push((start, count / 2));
                    break;
                case Settled.Stopped stopped:
                    return stopped.Stop;
            }
        }

        return null;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>One request, sent again until it is decided.</summary>
    private async Task<Settled> SettleAsync(ArraySegment<byte> body, CancellationToken cancellation)
    {
        using var encoded = EncodedBody.Encode(body, compression);
        var idempotencyKey = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        var started = time.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            var (settled, again) = await AttemptAsync(encoded, idempotencyKey, cancellation);
            if (settled is not null) return settled;
            var wait = again!.RetryAfter ?? RetrySchedule.Delay(failures, Random.Shared.NextDouble());
            if (time.GetElapsedTime(started) + wait > persistence)
                return Stop(ExitCode.Unavailable, Text($"{server}: {again.Reason}; given up after {persistence} (--retry-for)"));
            tally.Repeat(again.Reason);
            await Task.Delay(wait, time, cancellation);
        }
    }

    private async Task<(Settled? Settled, Again? Again)> AttemptAsync(EncodedBody body, string idempotencyKey, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body.Bytes.Array!, body.Bytes.Offset, body.Bytes.Count) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.TryAddWithoutValidation(IdempotencyHeader.Name, idempotencyKey);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (body.ContentEncoding is { } encoding) request.Content.Headers.ContentEncoding.Add(encoding);
        tally.Request();
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            Volatile.Write(ref _hasAnswered, true);
            var status = (int)response.StatusCode;
            return status == StatusCodes.Status202Accepted
                ? (Settled.Accepted.Instance, null)
                : Read(status, response, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var reason = (e.InnerException ?? e).Message;
            // Before anything was ever answered it is more likely the address than the weather.
            return Volatile.Read(ref _hasAnswered) || e is not HttpRequestException { InnerException: SocketException }
                ? (null, new Again(reason, null))
                : (Stop(ExitCode.Unavailable, $"{server} cannot be reached: {reason}; is the server running there (--server)?"), null);
        }
    }

    private (Settled? Settled, Again? Again) Read(int status, HttpResponseMessage response, byte[] body)
    {
        var error = AnsweredError.Read(body);
        var said = Text($"the server answered {status}") + (error is null ? "" : $" {error.Type}: {error.Message}");
        return status switch
        {
            400 or 413 => (new Settled.Refused(ReasonOf(error, said)), null),
            429 when error?.Type == ApiErrors.TooManyWrongTokens(TimeSpan.Zero).Type => (Stop(ExitCode.Unavailable, said), null),
            408 or 429 or 500 or 502 or 503 or 504 => (null, new Again(said, WaitOf(response))),
            401 or 403 => (Stop(ExitCode.Unavailable, $"{said} The key comes from --key-file or {AccessKeys.IngestKeyVariable}."), null),
            404 when error?.Details is { Count: > 0 } channels => (Stop(ExitCode.Failed, $"{said} They are: {string.Join(", ", channels)}."), null),
            _ => (Stop(ExitCode.Failed, said), null),
        };
    }

    // "event 0 at byte 0 is not valid JSON at byte 5: …": alone in its request, its number says nothing.
    private static string ReasonOf(AnsweredError? error, string said)
    {
        const string Place = "event 0 at byte 0 ";
        return error is { Details: [var detail, ..] } && detail.StartsWith(Place, StringComparison.Ordinal) ? $"{error.Type}: {detail[Place.Length..]}" : said;
    }

    private TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    private static Settled.Stopped Stop(int exitCode, string message) => new(new SendStop(exitCode, AnswerExcerpt.OneLine(message)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="RetryAfter">What the server asked for; null: nothing.</param>
    private sealed record Again(string Reason, TimeSpan? RetryAfter);

    /// <summary>What became of a request: a closed list.</summary>
    private abstract record Settled
    {
        internal sealed record Accepted : Settled
        {
            public static readonly Accepted Instance = new();
        }

        /// <summary>As a whole; nothing of it is stored.</summary>
        internal sealed record Refused(string Reason) : Settled;

        internal sealed record Stopped(SendStop Stop) : Settled;
    }
}
