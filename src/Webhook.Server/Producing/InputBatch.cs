using System.Buffers;
using Webhook.Actors.Events;

namespace Webhook.Server.Producing;

/// <summary>Consecutive events of the input as lines of NDJSON, in one piece, with the line of the input that each begins on. Owns its memory.</summary>
internal sealed class InputBatch : IDisposable
{
    private const int SmallestMemory = 64 * 1024;

    private readonly List<int> _ends = [];
    private readonly List<long> _lines = [];
    private byte[]? _memory = EventMemory.Rent(SmallestMemory);
    private int _length;

    public int Count => _ends.Count;

    public int Length => _length;

    /// <summary>The events from <paramref name="start"/> on, each with its line feed.</summary>
    public ArraySegment<byte> Slice(int start, int count)
    {
        var from = start == 0 ? 0 : _ends[start - 1];
        return new ArraySegment<byte>(_memory ?? throw new ObjectDisposedException(nameof(InputBatch)), from, _ends[start + count - 1] - from);
    }

    /// <summary>One event without its line feed.</summary>
    public ReadOnlySpan<byte> EventAt(int index) => Slice(index, 1).AsSpan()[..^1];

    /// <summary>From 1.</summary>
    public long LineOf(int index) => _lines[index];

    /// <param name="json">One event; may have line breaks between its tokens.</param>
    public void Add(ReadOnlySequence<byte> json, long line)
    {
        var length = checked((int)json.Length);
        Reserve(_length + length + 1);
        var copy = _memory.AsSpan(_length, length);
        json.CopyTo(copy);
        Webhook.Actors.Sending.BatchText.ToOneLine(copy);
        _memory![_length + length] = (byte)'\n';
        _length += length + 1;
        _ends.Add(_length);
        _lines.Add(line);
    }

    public void Dispose()
    {
        if (_memory is { } memory) EventMemory.Return(memory);
        _memory = null;
    }

    private void Reserve(int length)
    {
        var memory = _memory ?? throw new ObjectDisposedException(nameof(InputBatch));
        if (memory.Length >= length) return;
        var larger = EventMemory.Rent(Math.Max(length, memory.Length * 2));
        memory.AsSpan(0, _length).CopyTo(larger);
        EventMemory.Return(memory);
        _memory = larger;
    }
}
