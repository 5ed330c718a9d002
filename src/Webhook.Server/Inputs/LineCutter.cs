using Webhook.Actors.Events;

namespace Webhook.Server.Inputs;

/// <summary>Cuts what is read into blocks of whole lines. No clock, no I/O.</summary>
/// <remarks>
/// Memory is bounded by <see cref="BlockBytes"/>, or by the longest line that is allowed if that is more: of a line that is longer only the beginning is kept, and the rest is counted and dropped
/// as it comes. Without anything unread it holds no memory.
/// </remarks>
/// <param name="maxLineBytes">Of a line without its line break.</param>
/// <param name="maxLines">Of a block.</param>
/// <param name="start">Where in the source reading begins.</param>
internal sealed class LineCutter(int maxLineBytes, int maxLines, long start) : IDisposable
{
    /// <summary>At which a block is stored without waiting for more.</summary>
    public const int BlockBytes = 1024 * 1024;

    /// <summary>As much of an overlong line is kept.</summary>
    public const int KeptOfOverlong = 64 * 1024;

    // A line may have white space around its event, and CR before LF.
    private const int WhiteSpace = 1024;
    private const int FirstBuffer = 64 * 1024;

    private readonly int _maxLine = maxLineBytes + WhiteSpace;
    private byte[]? _buffer;
    private int _length;
    private long _start = start;
    private LineBlock _taken;
    private int _takenBytes;
    private OverlongLine? _overlong;

    /// <summary>Where in the source the first byte stands that is still held.</summary>
    public long Start => _start;

    /// <summary>Where in the source the next byte is read.</summary>
    public long Position => _start + _length;

    /// <summary>A block is to be taken before more can be read.</summary>
    public bool IsFull => _length >= Capacity;

    private int Capacity => Math.Max(BlockBytes, _maxLine + 1);

    /// <summary>Room to read into.</summary>
    public Memory<byte> Free()
    {
        _buffer ??= EventMemory.Rent(FirstBuffer);
        if (_length == _buffer.Length)
        {
            var larger = EventMemory.Rent(Math.Min(_buffer.Length * 2, Capacity));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            EventMemory.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_length, Math.Min(_buffer.Length, Capacity) - _length);
    }

    public void Advance(int read) => _length += read;

    /// <summary>The next block, if there is a whole line.</summary>
    /// <param name="end">Nothing follows: what is left is a line, too.</param>
    public bool TryTake(bool end, out LineBlock block)
    {
        _takenBytes = _overlong is null ? CutLines(end) : 0;
        if (_overlong is not null) return TryTakeOverlong(end, out block);
        _taken = block = new LineBlock(_buffer.AsMemory(0, _takenBytes), _start, _start + _takenBytes, 0);
        return _takenBytes > 0;
    }

    /// <summary>Forgets the block that was taken last: it has been dealt with.</summary>
    public void Consume()
    {
        if (_taken.IsOverlong) _overlong = null;
        Drop(_takenBytes);
        _taken = default;
        _takenBytes = 0;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer) EventMemory.Return(buffer);
        _buffer = null;
    }

    /// <returns>Bytes of the lines that make the next block; none, and <see cref="_overlong"/>, if the first one is too long.</returns>
    private int CutLines(bool end)
    {
        var unread = _buffer.AsSpan(0, _length);
        var cut = unread.LastIndexOf((byte)'\n') + 1;
        if (cut == 0 && _length > _maxLine)
        {
            _overlong = new OverlongLine(_start, unread[..Math.Min(_length, KeptOfOverlong)].ToArray());
            return 0;
        }

        if (cut == 0) cut = end ? _length : 0;
        if (unread[..cut].Count((byte)'\n') <= maxLines) return cut;
        cut = 0;
        for (var line = 0; line < maxLines; line++) cut += unread[cut..].IndexOf((byte)'\n') + 1;
        return cut;
    }

    private bool TryTakeOverlong(bool end, out LineBlock block)
    {
        block = default;
        var line = _overlong!;
        var lineBreak = _buffer.AsSpan(0, _length).IndexOf((byte)'\n');
        if (lineBreak < 0 && !end)
        {
            line.Bytes += _length;
            Drop(_length);
            return false;
        }

        _takenBytes = lineBreak < 0 ? _length : lineBreak + 1;
        _taken = block = new LineBlock(line.Beginning, line.Start, _start + _takenBytes, line.Bytes + (lineBreak < 0 ? _length : lineBreak));
        return true;
    }

    private void Drop(int bytes)
    {
        if (bytes == 0) return;
        _start += bytes;
        _length -= bytes;
        if (_length > 0) _buffer.AsSpan(bytes, _length).CopyTo(_buffer);
        else Dispose();
    }

    private sealed class OverlongLine(long start, byte[] beginning)
    {
        public long Start => start;

        public byte[] Beginning => beginning;

        /// <summary>Counted so far.</summary>
        public long Bytes { get; set; }
    }
}
