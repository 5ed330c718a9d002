using System.Buffers;
using System.IO.Compression;
using ZstdNet;

namespace Webhook.Server.Ingest;

/// <summary>What became of a compressed body.</summary>
internal enum InflateResult
{
    Done,

    /// <summary>It is larger than the limit; inflating stopped there.</summary>
    TooLarge,

    /// <summary>It is damaged, cut off, or something else follows it.</summary>
    Corrupt,
}

/// <summary>Undoes a content encoding. A body that is cut off is never taken for a shorter one: of lines, the last ones would be lost without a word.</summary>
internal static class Inflater
{
    // JSON of events usually shrinks to a tenth or less.
    private const int UsualRatio = 8;

    // GZipStream ends silently where its input ends, be it in the middle of a member. So a small member of our own is put behind the body:
    // only a body that is complete, and has nothing else behind it, lets the decoder reach this one.
    private static readonly byte[] EndMark = "\0end of the body\0"u8.ToArray();
    private static readonly byte[] EndMember = Gzip(EndMark);

    /// <param name="limit">Bytes that may come out.</param>
    /// <param name="inflated">The caller's if the result is <see cref="InflateResult.Done"/>, else null.</param>
    public static InflateResult Inflate(ContentEncoding encoding, PooledBody sent, int limit, out PooledBody? inflated)
    {
        var bound = encoding == ContentEncoding.Gzip ? limit + EndMark.Length : limit;
        inflated = new PooledBody(Math.Min(sent.Length, limit / UsualRatio) * UsualRatio, bound);
        var result = InflateResult.Corrupt;
        try
        {
            result = encoding switch
            {
                ContentEncoding.Gzip => InflateGzip(sent, inflated),
                ContentEncoding.Brotli => InflateBrotli(sent, inflated),
                ContentEncoding.Zstd => InflateZstd(sent, inflated, limit),
                _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, null),
            };
            return result;
        }
        finally
        {
            if (result != InflateResult.Done)
            {
                inflated.Dispose();
                inflated = null;
            }
        }
    }

    private static InflateResult InflateGzip(PooledBody sent, PooledBody into)
    {
        sent.PutBehind(EndMember);
        using var stream = new GZipStream(new MemoryStream(sent.Array, 0, sent.Length + EndMember.Length, writable: false), CompressionMode.Decompress);
        try
        {
            int read;
            while ((read = stream.Read(into.Free().Span)) > 0)
            {
                into.Advance(read);
                if (into.IsOverLimit) return InflateResult.TooLarge;
            }
        }
        catch (InvalidDataException)
        {
            return InflateResult.Corrupt;
        }

        if (!into.Bytes.EndsWith(EndMark)) return InflateResult.Corrupt;
        into.Shorten(EndMark.Length);
        return InflateResult.Done;
    }

    private static InflateResult InflateBrotli(PooledBody sent, PooledBody into)
    {
        using var decoder = new BrotliDecoder();
        var source = sent.Bytes;
        while (true)
        {
            var status = decoder.Decompress(source, into.Free().Span, out var consumed, out var written);
            source = source[consumed..];
            into.Advance(written);
            if (into.IsOverLimit) return InflateResult.TooLarge;
            if (status == OperationStatus.DestinationTooSmall) continue;
            return status == OperationStatus.Done && source.IsEmpty ? InflateResult.Done : InflateResult.Corrupt;
        }
    }

    // In one call into one buffer: ZstdNet's stream ends silently where its input ends, and a frame may make it allocate a window of 128 MiB; this call
    // tells a cut-off frame and needs no window. Where the buffer is too small it starts anew with a larger one.
    private static InflateResult InflateZstd(PooledBody sent, PooledBody into, int limit)
    {
        using var decompressor = new Decompressor();
        into.Reserve(Math.Min(sent.Length, limit / UsualRatio) * UsualRatio);
        while (true)
        {
            try
            {
                into.Advance(decompressor.Unwrap(sent.Bytes, into.Free().Span, bufferSizePrecheck: false));
                return into.IsOverLimit ? InflateResult.TooLarge : InflateResult.Done;
            }
            catch (ZstdException e) when (e.Code == ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall)
            {
                if (into.Free().Length > limit) return InflateResult.TooLarge;
                into.Reserve((int)Math.Min((long)into.Array.Length * UsualRatio, limit + 1L));
            }
            catch (ZstdException e) when (e.Code != ZSTD_ErrorCode.ZSTD_error_memory_allocation)
            {
                return InflateResult.Corrupt;
            }
        }
    }

    private static byte[] Gzip(byte[] content)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Optimal)) gzip.Write(content);
        return member.ToArray();
    }
}
