using System.Buffers.Binary;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The first block that is kept, and what was appended before it. Written with a sync before anything is removed.</summary>
internal readonly record struct TrimMark(long Block, long EventsBefore, long BytesBefore)
{
    public const int Size = 24;

    /// <summary>Nothing was dropped yet.</summary>
    public static TrimMark None => new(1, 0, 0);

    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, Block);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], EventsBefore);
        BinaryPrimitives.WriteInt64LittleEndian(value[16..], BytesBefore);
    }

    public static TrimMark? Read(ReadOnlySpan<byte> value) => value.Length != Size
        ? null
        : new TrimMark(
            BinaryPrimitives.ReadInt64LittleEndian(value),
            BinaryPrimitives.ReadInt64LittleEndian(value[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[16..]));
}
