using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using Webhook.Actors.Integrations;
using ZstdNet;

namespace Webhook.Actors.Sending;

/// <summary>A body as it goes over the wire, in one contiguous piece; made once, used by all attempts.</summary>
internal sealed class EncodedBody : IDisposable
{
    // A zstd context is 1 MB and not thread-safe: as many live as threads have ever compressed at once.
    private static readonly ConcurrentBag<Compressor> IdleCompressors = [];
    private static readonly CompressionOptions ZstdLevel1 = new(1);

    private byte[]? _rented;

    private EncodedBody(ArraySegment<byte> bytes, string? contentEncoding, byte[]? rented)
    {
        Bytes = bytes;
        ContentEncoding = contentEncoding;
        _rented = rented;
    }

    public ArraySegment<byte> Bytes { get; }

    /// <summary>null: as it is.</summary>
    public string? ContentEncoding { get; }

    /// <summary>Level 1 of either kind: sending is as fast as compressing, and higher levels win little on JSON.</summary>
    public static EncodedBody Encode(ArraySegment<byte> body, RequestCompression compression) => compression switch
    {
        RequestCompression.Gzip => Gzip(body),
        RequestCompression.Zstd => Zstd(body),
        _ => new EncodedBody(body, null, null),
    };

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }

    private static EncodedBody Gzip(ArraySegment<byte> body)
    {
        // What zlib needs at worst, at its fastest level, is 9 bits a byte and the frame.
        var rented = ArrayPool<byte>.Shared.Rent(body.Count + (body.Count >> 3) + 64);
        using var target = new MemoryStream(rented);
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
        return new EncodedBody(new ArraySegment<byte>(rented, 0, (int)target.Position), "gzip", rented);
    }

    private static EncodedBody Zstd(ArraySegment<byte> body)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Compressor.GetCompressBound(body.Count));
        if (!IdleCompressors.TryTake(out var compressor)) compressor = new Compressor(ZstdLevel1);
        var length = compressor.Wrap(body.AsSpan(), rented.AsSpan());
        IdleCompressors.Add(compressor);
        return new EncodedBody(new ArraySegment<byte>(rented, 0, length), "zstd", rented);
    }
}
