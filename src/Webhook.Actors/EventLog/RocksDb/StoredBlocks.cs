using RocksDbSharp;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>What a stored block says about its place in the partition.</summary>
internal readonly record struct BlockPlace(long Block, long EventsBefore, long EventsAfter, long BytesBefore, long BytesAfter, DateTimeOffset AppendedAt)
{
    public static BlockPlace Of(EventBlock block) => new(
        block.BlockSequence, block.EventsBefore, block.EventsBefore + block.Count, block.BytesBefore, block.BytesBefore + block.Length,
        DateTimeOffset.UnixEpoch.AddTicks(block.AppendedAtNanoseconds / TimeSpan.NanosecondsPerTick));
}

/// <summary>
/// Single blocks out of the open store, verified: a block that RocksDB or its own checksum finds damaged counts as not there. Any other failure (no file handle, no memory) is
/// thrown, because it may pass and must not be taken for a loss.
/// </summary>
internal static class StoredBlocks
{
    public static EventBlock? TryRead(RocksDbStore store, BlockRuns runs, int partition, long block)
    {
        byte[]? memory;
        int length;
        try
        {
            memory = runs.Read(store, partition, block, out length);
        }
        catch (RocksDbException e) when (RocksDbStore.IsCorruption(e))
        {
            // A neighbour in the same run may be what is damaged: ask for this one alone before giving it up.
            memory = TryReadAlone(store, partition, block, out length);
        }

        if (memory is null) return null;
        if (EventBlock.TryOpen(memory, length, out var opened) is null && opened!.BlockSequence == block) return opened;
        if (opened is not null) opened.Release();
        else EventMemory.Return(memory);
        return null;
    }

    public static BlockPlace? TryPlace(RocksDbStore store, BlockRuns runs, int partition, long block)
    {
        if (TryRead(store, runs, partition, block) is not { } read) return null;
        var place = BlockPlace.Of(read);
        read.Release();
        return place;
    }

    /// <summary>For people: what is wrong with a block that cannot be read, and in which file if RocksDB says so.</summary>
    public static string WhyUnreadable(RocksDbStore store, int partition, long block)
    {
        Span<byte> key = stackalloc byte[StoreKeys.BlockSize];
        StoreKeys.WriteBlock(key, partition, block);
        byte[]? memory;
        int length;
        try
        {
            memory = store.GetRented(store.Blocks, key, out length);
        }
        catch (RocksDbException e) when (RocksDbStore.IsCorruption(e))
        {
            return e.Message;
        }

        if (memory is null) return $"block {block} is not there";
        var wrong = EventBlock.TryOpen(memory, length, out var opened);
        if (opened is not null) opened.Release();
        else EventMemory.Return(memory);
        return $"block {block}: {wrong ?? "another block stands in its place"}";
    }

    /// <summary>The number of the first block at or after this one that has a key, whether or not its value can be read; null if there is none.</summary>
    public static long? Seek(RocksDbStore store, int partition, long block)
    {
        Span<byte> key = stackalloc byte[StoreKeys.BlockSize];
        StoreKeys.WriteBlock(key, partition, block);
        using var iterator = store.NewRun(store.Blocks).Seek(key);
        if (iterator.Valid()) return StoreKeys.IsBlockOf(iterator.GetKeySpan(), partition) ? StoreKeys.ReadBlock(iterator.GetKeySpan()) : null;
        try
        {
            RocksDbStore.ThrowIfDamaged(iterator);
            return null;
        }
        catch (RocksDbException e) when (RocksDbStore.IsCorruption(e))
        {
            return block + 1;
        }
    }

    private static byte[]? TryReadAlone(RocksDbStore store, int partition, long block, out int length)
    {
        Span<byte> key = stackalloc byte[StoreKeys.BlockSize];
        StoreKeys.WriteBlock(key, partition, block);
        try
        {
            return store.GetRented(store.Blocks, key, out length);
        }
        catch (RocksDbException e) when (RocksDbStore.IsCorruption(e))
        {
            length = 0;
            return null;
        }
    }
}
