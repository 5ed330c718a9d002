using System.IO.Compression;

namespace Webhook.Load.Receiving;

/// <summary>Bodies that came compressed.</summary>
internal static class ContentDecoder
{
    /// <returns>Null for an encoding that is not known here.</returns>
    public static ReadOnlyMemory<byte>? Decode(string? encoding, ReadOnlyMemory<byte> body) => encoding?.ToLowerInvariant() switch
    {
        null => body,
        "gzip" => Inflate(body, static stream => new GZipStream(stream, CompressionMode.Decompress)),
        "deflate" => Inflate(body, static stream => new ZLibStream(stream, CompressionMode.Decompress)),
        "br" => Inflate(body, static stream => new BrotliStream(stream, CompressionMode.Decompress)),

        // A bare null would become empty memory by way of an array.
        _ => default(ReadOnlyMemory<byte>?),
    };

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> body, Func<Stream, Stream> decompress)
    {
        using var inflated = new MemoryStream();
        using (var stream = decompress(new MemoryStream(body.ToArray()))) stream.CopyTo(inflated);
        return inflated.GetBuffer().AsMemory(0, (int)inflated.Length);
    }
}
