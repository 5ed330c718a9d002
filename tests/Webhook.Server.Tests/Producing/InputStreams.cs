namespace Webhook.Server.Tests.Producing;

/// <summary>Gives so many bytes a read and no more, as a pipe may.</summary>
internal sealed class PiecewiseStream(byte[] content, int piece) : ReadOnlyStream
{
    private int _position;

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(Math.Min(piece, buffer.Length), content.Length - _position);
        content.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}

/// <summary>One event after the other, so many of them, of which none is kept: as lines, or as an array.</summary>
internal sealed class ManyEventsStream(bool asArray, long events) : ReadOnlyStream
{
    private const string Event = """{"type":"policy","name":"an event like any other, of a length that is nothing special","t":1764000000000000000}""";

    private readonly byte[] _line = System.Text.Encoding.ASCII.GetBytes(Event + (asArray ? ",\n" : " \n"));
    private readonly int _head = asArray ? 1 : 0;
    private long _position;

    public long Given => _position;

    private long End => _head + (events * _line.Length);

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, End - _position);
        for (var i = 0; i < count; i++) buffer[i] = ByteAt(_position + i);
        _position += count;
        return count;
    }

    // The array's end stands where the last comma would.
    private byte ByteAt(long position) =>
        position < _head ? (byte)'[' : asArray && position == End - 2 ? (byte)']' : _line[(position - _head) % _line.Length];
}

internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override int Read(Span<byte> buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
