using System.Buffers.Text;

namespace Webhook.Load.Http;

/// <summary>Reads one message after the other from a connection, requests or answers, into one buffer that grows to the largest of them.</summary>
internal sealed class HttpMessageReader(Stream stream)
{
    private const int MaxHead = 64 * 1024;
    private byte[] _buffer = new byte[MaxHead];
    private int _start;
    private int _end;

    /// <summary>The head of the next message; null when the other side has closed in between.</summary>
    public async ValueTask<HttpHead?> ReadHeadAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        HttpHead head;
        while (!HttpHead.TryParse(_buffer.AsSpan(0, _end), out head))
        {
            if (_end >= MaxHead) throw new InvalidDataException($"A head of an HTTP message has more than {MaxHead} bytes.");
            var isBetween = _end == 0;
            if (await TryFillAsync(cancellation)) continue;
            if (isBetween) return null;
            throw ClosedWithin();
        }

        _start += head.Bytes;
        return head;
    }

    /// <returns>The body, until the next call.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpHead head, CancellationToken cancellation)
    {
        if (head.IsChunked) return await ReadChunksAsync(cancellation);
        var length = checked((int)Math.Max(0, head.ContentLength));
        Reserve(length);
        while (_end - _start < length) await FillAsync(cancellation);
        var body = _buffer.AsMemory(_start, length);
        _start += length;
        return body;
    }

    // The chunks are moved together over the lines between them.
    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(CancellationToken cancellation)
    {
        var bodyAt = _start;
        var bodyEnd = _start;
        while (true)
        {
            var line = await ReadLineAsync(cancellation);
            if (!Utf8Parser.TryParse(line.Span, out int size, out _, 'x')) throw new InvalidDataException("A chunk of an HTTP body does not begin with its size.");
            if (size == 0) break;
            while (_end - _start < size + 2) await FillAsync(cancellation);
            Buffer.BlockCopy(_buffer, _start, _buffer, bodyEnd, size);
            bodyEnd += size;
            _start += size + 2;
        }

        while ((await ReadLineAsync(cancellation)).Length > 0)
        {
            // Trailers say nothing that is measured.
        }

        return _buffer.AsMemory(bodyAt, bodyEnd - bodyAt);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken cancellation)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0) await FillAsync(cancellation);
        var line = _buffer.AsMemory(_start, length);
        _start += length + 2;
        return line;
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (!await TryFillAsync(cancellation)) throw ClosedWithin();
    }

    private async ValueTask<bool> TryFillAsync(CancellationToken cancellation)
    {
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }

    private static EndOfStreamException ClosedWithin() => new("The connection was closed within an HTTP message.");

    private void Reserve(int length)
    {
        if (_buffer.Length - _start < length) Array.Resize(ref _buffer, _start + length);
    }
}
