using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Webhook.Actors.EventLog;

/// <summary>
/// Where one integration stands in a partition: everything before <see cref="Sequence"/> is done. Beyond it lie, one behind the other, the batches that were cut and may have
/// been sent: after a crash they are sent as they were cut, so that the same events never go out under two identities.
/// </summary>
internal sealed record Cursor(long Sequence, ImmutableArray<Cut> Cuts)
{
    public static Cursor At(long sequence) => new(sequence, []);

    /// <summary>The first sequence that no batch covers.</summary>
    public long End => Cuts is [.., var last] ? last.To : Sequence;

    /// <remarks>
    /// i64 sequence; then, if there are cuts: u8 sets of channels, each u16 names, each u16 length and UTF-8; u16 cuts, each i64 to, i64 first, i64 last, u8 set, u8 finished. Little endian.
    /// </remarks>
    public byte[] ToBytes()
    {
        var writer = new ArrayBufferWriter<byte>(8 + (Cuts.Length * 26) + 64);
        WriteInt64(writer, Sequence);
        if (Cuts.IsEmpty) return writer.WrittenSpan.ToArray();

        var sets = new List<ImmutableArray<string>>();
        var setOf = Cuts.Select(cut => IndexOf(sets, cut.Channels)).ToArray();
        WriteByte(writer, (byte)sets.Count);
        foreach (var set in sets)
        {
            WriteUInt16(writer, set.Length);
            foreach (var channel in set) WriteText(writer, channel);
        }

        WriteUInt16(writer, Cuts.Length);
        for (var i = 0; i < Cuts.Length; i++)
        {
            WriteInt64(writer, Cuts[i].To);
            WriteInt64(writer, Cuts[i].First);
            WriteInt64(writer, Cuts[i].Last);
            WriteByte(writer, (byte)setOf[i]);
            WriteByte(writer, Cuts[i].IsFinished ? (byte)1 : (byte)0);
        }

        return writer.WrittenSpan.ToArray();
    }

    public static Cursor FromBytes(ReadOnlySpan<byte> bytes)
    {
        var sequence = ReadInt64(ref bytes);
        if (bytes.IsEmpty) return At(sequence);

        var sets = new ImmutableArray<string>[ReadByte(ref bytes)];
        for (var i = 0; i < sets.Length; i++)
        {
            var names = new string[ReadUInt16(ref bytes)];
            for (var n = 0; n < names.Length; n++) names[n] = ReadText(ref bytes);
            sets[i] = [.. names];
        }

        var cuts = new Cut[ReadUInt16(ref bytes)];
        for (var i = 0; i < cuts.Length; i++)
        {
            var (to, first, last) = (ReadInt64(ref bytes), ReadInt64(ref bytes), ReadInt64(ref bytes));
            cuts[i] = new Cut(to, first, last, sets[ReadByte(ref bytes)], ReadByte(ref bytes) != 0);
        }

        return new Cursor(sequence, [.. cuts]);
    }

    // Nearly always the one set of the settings in force.
    private static int IndexOf(List<ImmutableArray<string>> sets, ImmutableArray<string> channels)
    {
        var index = sets.FindIndex(set => set.SequenceEqual(channels));
        if (index >= 0) return index;
        sets.Add(channels);
        return sets.Count - 1;
    }

    private static void WriteByte(ArrayBufferWriter<byte> writer, byte value) => writer.Write([value]);

    private static void WriteUInt16(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(writer.GetSpan(sizeof(ushort)), checked((ushort)value));
        writer.Advance(sizeof(ushort));
    }

    private static void WriteInt64(ArrayBufferWriter<byte> writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(sizeof(long)), value);
        writer.Advance(sizeof(long));
    }

    private static void WriteText(ArrayBufferWriter<byte> writer, string text)
    {
        WriteUInt16(writer, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, writer);
    }

    private static byte ReadByte(ref ReadOnlySpan<byte> bytes)
    {
        var value = bytes[0];
        bytes = bytes[1..];
        return value;
    }

    private static int ReadUInt16(ref ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        bytes = bytes[sizeof(ushort)..];
        return value;
    }

    private static long ReadInt64(ref ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        bytes = bytes[sizeof(long)..];
        return value;
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        var length = ReadUInt16(ref bytes);
        var text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }
}

/// <summary>One batch that was cut. It begins where the one before it ends, the first at the cursor.</summary>
/// <param name="To">First sequence after it.</param>
/// <param name="First">Of its events the first sequence; with <paramref name="Last"/> its identity.</param>
/// <param name="Channels">What was asked for when it was cut: decides which events are in it, whatever is asked for now.</param>
/// <param name="IsFinished">Delivered or dead-lettered; it waits only for those before it.</param>
internal sealed record Cut(long To, long First, long Last, ImmutableArray<string> Channels, bool IsFinished);
