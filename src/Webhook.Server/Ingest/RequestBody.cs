using Webhook.Actors.Events;

namespace Webhook.Server.Ingest;

/// <summary>Reads a request's body, bounded as it is sent and after its content encoding is undone.</summary>
internal static class RequestBody
{
    // Inflating is work for a core, and what a small body inflates to costs memory: no more at a time than half of the cores, the other half is the deliveries'.
    private static readonly SemaphoreSlim Inflating = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <returns>The inflated body, which the caller owns, or why it is refused.</returns>
    public static async ValueTask<(PooledBody? Body, ApiError? Refusal)> ReadAsync(HttpRequest request, IngestOptions options, CancellationToken cancellation)
    {
        if (!ContentEncodings.TryParse(request.Headers.ContentEncoding, out var encoding)) return (null, IngestErrors.UnknownEncoding(request.Headers.ContentEncoding));
        if (request.ContentLength > options.MaxBodyBytes) return (null, IngestErrors.BodyTooLarge(options.MaxBodyBytes));

        var sent = new PooledBody((int)(request.ContentLength ?? 0), options.MaxBodyBytes);
        try
        {
            await ReadToEndAsync(request, sent, cancellation);
            if (sent.IsOverLimit) return (null, IngestErrors.BodyTooLarge(options.MaxBodyBytes));
            if (encoding != ContentEncoding.Identity && sent.Length > 0) return await InflateAsync(sent, encoding, options, cancellation);
            var body = sent;
            sent = null;
            return (body, null);
        }
        finally
        {
            sent?.Dispose();
        }
    }

    private static async ValueTask ReadToEndAsync(HttpRequest request, PooledBody body, CancellationToken cancellation)
    {
        while (body.Length != request.ContentLength && !body.IsOverLimit)
        {
            var read = await request.Body.ReadAsync(body.Free(), cancellation);
            if (read == 0) return;
            body.Advance(read);
        }
    }

    private static async ValueTask<(PooledBody? Body, ApiError? Refusal)> InflateAsync(
        PooledBody sent, ContentEncoding encoding, IngestOptions options, CancellationToken cancellation)
    {
        await Inflating.WaitAsync(cancellation);
        try
        {
            return Inflate(sent, encoding, options);
        }
        finally
        {
            Inflating.Release();
        }
    }

    private static (PooledBody? Body, ApiError? Refusal) Inflate(PooledBody sent, ContentEncoding encoding, IngestOptions options) =>
        Inflater.Inflate(encoding, sent, options.MaxInflatedBytes, out var inflated) switch
        {
            InflateResult.TooLarge => (null, IngestErrors.InflatedBodyTooLarge(options.MaxInflatedBytes)),
            InflateResult.Corrupt => (null, IngestErrors.CorruptEncoding(encoding)),
            _ => (inflated, null),
        };
}
