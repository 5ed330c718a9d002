using System.Buffers;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.Ingest;

/// <summary>
/// One ingest request: (1) what the URL and the headers ask for, (2) the body, (3) its events, (4) the log, (5) the answer, which is a 202 only after the log has
/// made the events durable. Every refusal is counted by its word and answered; bodies, keys and tokens are never logged.
/// </summary>
internal sealed class IngestHandler(EventLogWriter log, ChannelList channels, IngestOptions options, WebhookMetrics metrics, TimeProvider time)
{
    public Task HandleEventsAsync(HttpContext context, string producer)
    {
        var channel = (string)context.GetRouteValue("channel")!;
        return channels.IsKnown(channel) ? HandleAsync(context, producer, channel, isFalco: false) : RefuseAsync(context, IngestErrors.UnknownChannel(channel, channels.Names));
    }

    public Task HandleFalcoAsync(HttpContext context, string producer) => HandleAsync(context, producer, ChannelList.SecureEventsPolicies, isFalco: true);

    private async Task HandleAsync(HttpContext context, string producer, string channel, bool isFalco)
    {
        try
        {
            var refusal = await ReceiveAsync(context, producer, channel, isFalco);
            if (refusal is not null) await RefuseAsync(context, refusal);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, IngestErrors.BadRequest(e));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The producer hung up: nobody is there to answer, and it knows that it has no acknowledgement.
            metrics.Refused("aborted");
        }
    }

    private async ValueTask<ApiError?> ReceiveAsync(HttpContext context, string producer, string channel, bool isFalco)
    {
        var request = context.Request;
        if (!TryReadPartial(request, out var partial)) return IngestErrors.InvalidPartial(request.Query["partial"]);
        if (!IdempotencyHeader.TryRead(request, producer, out var key)) return IngestErrors.InvalidIdempotencyKey;

        var (body, refusal) = await RequestBody.ReadAsync(request, options, context.RequestAborted);
        if (body is null) return refusal;

        ParseResult.Parsed parsed;
        UInt128 bodyHash;
        using (body)
        {
            bodyHash = key is null ? default : IdempotencyHeader.HashOf(channel, partial, body.Bytes);
            var result = Parse(request, channel, isFalco, body);
            if (result is ParseResult.Unreadable unreadable) return IngestErrors.Unreadable(unreadable.Fault);
            parsed = (ParseResult.Parsed)result;
            body.Detach();
        }

        if (parsed.RefusedCount > 0 && !partial)
        {
            parsed.Events.Dispose();
            return IngestErrors.RefusedEvents(parsed);
        }

        if (parsed.Events.Count == 0)
        {
            parsed.Events.Dispose();
            return Accept(context, IngestAnswer.Nothing, partial ? parsed : null);
        }

        switch (await log.AppendAsync(parsed.Events, key, bodyHash, context.RequestAborted))
        {
            case AppendResult.Appended stored:
                return Accept(context, IngestAnswer.Stored(stored.Partition, stored.Accepted, stored.FirstSequence, stored.LastSequence), partial ? parsed : null);
            case AppendResult.Repeated stored:
                context.Response.Headers[IdempotencyHeader.Replayed] = "true";
                return Accept(context, IngestAnswer.Stored(stored.Partition, stored.Accepted, stored.FirstSequence, stored.LastSequence), partial ? parsed : null);
            case AppendResult.KeyConflict:
                return IngestErrors.IdempotencyConflict;
            case AppendResult.Behind behind:
                return IngestErrors.Behind(behind.RetryAfter, behind.Reason);
            case AppendResult.Unavailable unavailable:
                return IngestErrors.Unavailable(unavailable.RetryAfter, unavailable.Reason);
            case var unknown:
                throw new InvalidOperationException($"The event log answered {unknown}, which ingest does not know.");
        }
    }

    private ParseResult Parse(HttpRequest request, string channel, bool isFalco, PooledBody body)
    {
        var now = time.GetUtcNow();
        return isFalco
            ? FalcoParser.Parse(body.Array, body.Length, BodyFraming.ByContent, options, now)
            : EventParser.Parse(channel, body.Array, body.Length, Framing(request.ContentType), options, EventTimestamp.From(now));
    }

    private static ApiError? Accept(HttpContext context, IngestAnswer answer, ParseResult.Parsed? partial)
    {
        if (partial is not null) answer = answer.WithRefused(partial);
        var response = context.Response;
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, IngestAnswerJson.Readable.IngestAnswer);
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        // Goes out with the headers when the request ends.
        response.BodyWriter.Write(body);
        return null;
    }

    private Task RefuseAsync(HttpContext context, ApiError error)
    {
        metrics.Refused(error.Type);
        if (error.Status == StatusCodes.Status415UnsupportedMediaType) context.Response.Headers[HeaderNames.AcceptEncoding] = ContentEncodings.Accepted;
        return error.WriteAsync(context);
    }

    private static bool TryReadPartial(HttpRequest request, out bool partial)
    {
        partial = false;
        if (!request.Query.TryGetValue("partial", out var values)) return true;
        partial = values is ["true"];
        return partial || values is ["false"];
    }

    /// <summary>What a content type says of how the body is cut.</summary>
    internal static BodyFraming Framing(string? contentType)
    {
        var type = contentType.AsSpan();
        if (type.IndexOf(';') is var parameters and >= 0) type = type[..parameters];
        type = type.Trim();
        foreach (var lines in (ReadOnlySpan<string>)["application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines"])
        {
            if (type.Equals(lines, StringComparison.OrdinalIgnoreCase)) return BodyFraming.Lines;
        }

        return BodyFraming.ByContent;
    }
}
