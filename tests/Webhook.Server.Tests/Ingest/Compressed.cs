using System.IO.Compression;
using ZstdNet;

namespace Webhook.Server.Tests.Ingest;

/// <summary>Bodies compressed as producers do it.</summary>
internal static class Compressed
{
    public static byte[] As(string encoding, ReadOnlySpan<byte> content)
    {
        using var result = new MemoryStream();
        using (var stream = Open(encoding, result)) stream.Write(content);
        return result.ToArray();
    }

    /// <summary>So many zero bytes.</summary>
    public static byte[] Bomb(string encoding, long bytes)
    {
        var chunk = new byte[1024 * 1024];
        using var result = new MemoryStream();
        using (var stream = Open(encoding, result))
        {
            for (var left = bytes; left > 0; left -= chunk.Length) stream.Write(chunk.AsSpan(0, (int)Math.Min(left, chunk.Length)));
        }

        return result.ToArray();
    }

    private static Stream Open(string encoding, Stream result) => encoding switch
    {
        "gzip" => new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(result, CompressionLevel.Fastest, leaveOpen: true),
        "zstd" => new CompressionStream(result),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, null),
    };
}
