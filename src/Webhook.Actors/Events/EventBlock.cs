using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Webhook.Actors.Events;

/// <summary>
/// A run of consecutive events as the log stores it: header, channel names, index, payload, in one contiguous checksummed piece of memory. Immutable.
/// </summary>
/// <remarks>
/// <para>Layout, little endian (spec: docs/decisions/0001-event-log.md):</para>
/// <code>
///  0 u32 magic "WHB1"      4 u32 number of events   8 u64 XXH3 of everything from byte 16
/// 16 i64 block sequence   24 i64 events before it  32 i64 bytes before it
/// 40 i64 appended at, ns  48 u32 channel bytes     52 u32 payload bytes    56 u64 reserved, 0
/// 64 channel names: u16 length + UTF-8 each, padded to 8   then index: 24 bytes an event   then payload
/// </code>
/// <para>Blocks are shared by every integration that reads the recent end of the log, so they are counted: whoever is handed a block owns one reference and
/// calls <see cref="Release"/> once. The last release gives the memory back to the pool. A reference that is never released costs only the reuse of the memory.</para>
/// </remarks>
internal sealed class EventBlock
{
    public const int HeaderSize = 64;
    public const int MaxEvents = 1 << IndexBits;
    private const int IndexBits = 16;
    private const uint Magic = 0x31424857;

    private readonly byte[] _memory;
    private readonly int _indexStart;
    private readonly int _payloadStart;
    private int _references = 1;

    private EventBlock(byte[] memory, int length, string[] channels, int indexStart)
    {
        _memory = memory;
        Length = length;
        Channels = channels;
        var header = memory.AsSpan(0, HeaderSize);
        Count = (int)BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        BlockSequence = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        EventsBefore = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        BytesBefore = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        AppendedAtNanoseconds = BinaryPrimitives.ReadInt64LittleEndian(header[40..]);
        _indexStart = indexStart;
        _payloadStart = indexStart + (Count * EventEntry.Size);
    }

    /// <summary>Number of the block in its partition, from 1, without holes unless blocks were lost.</summary>
    public long BlockSequence { get; }

    /// <summary>Events ever appended to the partition before this block; the difference of two blocks tells how many a hole took.</summary>
    public long EventsBefore { get; }

    /// <summary>Block bytes ever appended to the partition before this block; the log's size is a difference of these, never a scan.</summary>
    public long BytesBefore { get; }

    /// <summary>Nanoseconds since the Unix epoch at which the block was closed.</summary>
    public long AppendedAtNanoseconds { get; }

    public int Count { get; }

    public int Length { get; }

    /// <summary>Bytes of memory that the block holds on to, at least <see cref="Length"/>.</summary>
    public int Capacity => _memory.Length;

    /// <summary>The names that <see cref="EventEntry.Channel"/> counts into.</summary>
    public IReadOnlyList<string> Channels { get; }

    public long FirstSequence => ToSequence(BlockSequence, 0);

    public long LastSequence => ToSequence(BlockSequence, Count - 1);

    public ReadOnlySpan<byte> Memory => _memory.AsSpan(0, Length);

    public ReadOnlySpan<EventEntry> Entries => MemoryMarshal.Cast<byte, EventEntry>(_memory.AsSpan(_indexStart, Count * EventEntry.Size));

    public static long ToSequence(long blockSequence, int index) => (blockSequence << IndexBits) + index;

    public static long BlockOf(long sequence) => sequence >> IndexBits;

    public static int IndexOf(long sequence) => (int)(sequence & (MaxEvents - 1));

    /// <summary>The event's bytes exactly as they came in.</summary>
    public ReadOnlySpan<byte> Event(int index)
    {
        var entries = Entries;
        var start = (int)entries[index].Offset;
        var end = index + 1 < Count ? (int)entries[index + 1].Offset : Length - _payloadStart;
        return _memory.AsSpan(_payloadStart + start, end - start);
    }

    public EventBlock Acquire()
    {
        // Never from 0: what was given back stays given back, also for one who asks too late.
        int references;
        do
        {
            references = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(references <= 0, this);
        }
        while (Interlocked.CompareExchange(ref _references, references + 1, references) != references);

        return this;
    }

    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0) EventMemory.Return(_memory);
        if (left < 0) throw new InvalidOperationException($"Event block {BlockSequence} was released more often than it was acquired.");
    }

    /// <summary>Reads a stored block. On success the block owns <paramref name="memory"/> (of <see cref="EventMemory"/>); on failure the caller still does.</summary>
    /// <returns>null, or what is wrong with the bytes.</returns>
    public static string? TryOpen(byte[] memory, int length, out EventBlock? block)
    {
        block = null;
        if (length < HeaderSize) return $"the block is {length} bytes long, shorter than its header of {HeaderSize}";
        var bytes = memory.AsSpan(0, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) return "the block does not start with its magic number";
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) != XxHash3.HashToUInt64(bytes[16..])) return "the block's checksum does not match";

        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var channelBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]);
        var payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]);
        if (count is 0 or > MaxEvents || HeaderSize + (long)channelBytes + (count * EventEntry.Size) + payloadBytes != length)
            return "the block's sizes do not add up";

        block = new EventBlock(memory, length, ReadChannels(bytes.Slice(HeaderSize, (int)channelBytes)), HeaderSize + (int)channelBytes);
        return null;
    }

    /// <summary>Joins the events of several requests, in their order, into one block. Copies; the requests stay the caller's.</summary>
    public static EventBlock Build(
        long blockSequence, long eventsBefore, long bytesBefore, long appendedAtNanoseconds, ReadOnlySpan<IncomingEvents> requests)
    {
        var count = 0;
        long payloadBytes = 0;
        var channels = new List<string>(1);
        foreach (var request in requests)
        {
            count += request.Count;
            payloadBytes += request.Bytes;
            if (!channels.Contains(request.Channel)) channels.Add(request.Channel);
        }

        if (count is 0 or > MaxEvents) throw new ArgumentException($"A block holds 1 to {MaxEvents} events, not {count}.", nameof(requests));

        var channelBytes = ChannelBytes(channels);
        var indexStart = HeaderSize + channelBytes;
        var payloadStart = indexStart + (count * EventEntry.Size);
        var length = checked(payloadStart + (int)payloadBytes);
        var memory = EventMemory.Rent(length);
        var bytes = memory.AsSpan(0, length);

        WriteChannels(bytes.Slice(HeaderSize, channelBytes), channels);
        WriteEvents(bytes.Slice(indexStart, count * EventEntry.Size), bytes[payloadStart..], channels, requests);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], blockSequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], eventsBefore);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], bytesBefore);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], appendedAtNanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], (uint)channelBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], (uint)payloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[56..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], XxHash3.HashToUInt64(bytes[16..]));
        return new EventBlock(memory, length, [.. channels], indexStart);
    }

    private static void WriteEvents(Span<byte> index, Span<byte> payload, List<string> channels, ReadOnlySpan<IncomingEvents> requests)
    {
        var entries = MemoryMarshal.Cast<byte, EventEntry>(index);
        var next = 0;
        var offset = 0;
        foreach (var request in requests)
        {
            var channel = (ushort)channels.IndexOf(request.Channel);
            var body = request.Body;
            foreach (ref readonly var e in request.Events)
            {
                entries[next++] = new EventEntry(
                    (uint)offset, (uint)e.TimestampOffset, channel, e.TimestampForm, e.TimestampLength,
                    (uint)e.Timestamp.Nanoseconds, e.Timestamp.Seconds);
                body.Slice(e.Offset, e.Length).CopyTo(payload[offset..]);
                offset += e.Length;
            }
        }
    }

    private static int ChannelBytes(List<string> channels)
    {
        var bytes = 0;
        foreach (var channel in channels) bytes += 2 + Encoding.UTF8.GetByteCount(channel);
        return (bytes + 7) & ~7;
    }

    private static void WriteChannels(Span<byte> bytes, List<string> channels)
    {
        foreach (var channel in channels)
        {
            var written = Encoding.UTF8.GetBytes(channel, bytes[2..]);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)written);
            bytes = bytes[(2 + written)..];
        }

        bytes.Clear();
    }

    private static string[] ReadChannels(ReadOnlySpan<byte> bytes)
    {
        var channels = new List<string>(1);
        while (bytes.Length >= 2 && BinaryPrimitives.ReadUInt16LittleEndian(bytes) is var length and > 0)
        {
            channels.Add(Encoding.UTF8.GetString(bytes.Slice(2, length)));
            bytes = bytes[(2 + length)..];
        }

        return [.. channels];
    }
}
