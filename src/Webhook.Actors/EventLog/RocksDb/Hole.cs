using System.Buffers.Binary;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Blocks that are gone for good. Kept in the store, so that a loss is reported and counted once and not at every start.</summary>
/// <param name="Events">null when the blocks around it cannot tell.</param>
internal sealed record Hole(long FirstBlock, long LastBlock, long? Events, long? Bytes)
{
    public const int Size = 24;

    public bool Contains(long block) => FirstBlock <= block && block <= LastBlock;

    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, LastBlock);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], Events ?? -1);
        BinaryPrimitives.WriteInt64LittleEndian(value[16..], Bytes ?? -1);
    }

    public static Hole Read(long firstBlock, ReadOnlySpan<byte> value)
    {
        var events = BinaryPrimitives.ReadInt64LittleEndian(value[8..]);
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(value[16..]);
        return new Hole(firstBlock, BinaryPrimitives.ReadInt64LittleEndian(value), events < 0 ? null : events, bytes < 0 ? null : bytes);
    }
}
