using RocksDbSharp;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// Iterators that stand where a reader of old blocks left off, so that a cold run is read ahead instead of sought block by block.
/// An idle one pins memory and files of the store, so few are kept, and not for long.
/// </summary>
internal sealed class BlockRuns(TimeProvider time) : IDisposable
{
    private const int MostKept = 8;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(2);

    private readonly List<Kept> _kept = [];
    private readonly Lock _lock = new();

    /// <summary>The stored bytes of a block; null when it is missing. The caller owns the rented array.</summary>
    /// <exception cref="RocksDbException">The table is damaged there.</exception>
    public byte[]? Read(RocksDbStore store, int partition, long block, out int length)
    {
        Span<byte> key = stackalloc byte[StoreKeys.BlockSize];
        StoreKeys.WriteBlock(key, partition, block);
        var iterator = Take(partition, block)?.Next() ?? store.NewRun(store.Blocks).Seek(key);
        var keep = false;
        try
        {
            length = 0;
            if (!iterator.Valid())
            {
                RocksDbStore.ThrowIfDamaged(iterator);
                return store.GetRented(store.Blocks, key, out length);
            }

            // An iterator sees the store as it was when it was made: what it lacks may have come since.
            if (!iterator.GetKeySpan().SequenceEqual(key)) return store.GetRented(store.Blocks, key, out length);

            var value = iterator.GetValueSpan();
            length = value.Length;
            var memory = EventMemory.Rent(length);
            value.CopyTo(memory);
            keep = true;
            return memory;
        }
        finally
        {
            if (keep) Keep(partition, block, iterator);
            else iterator.Dispose();
        }
    }

    /// <summary>Lets go of what nobody continued.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            for (var i = _kept.Count - 1; i >= 0; i--)
            {
                if (time.GetElapsedTime(_kept[i].Since) < KeptFor) continue;
                _kept[i].Iterator.Dispose();
                _kept.RemoveAt(i);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var kept in _kept) kept.Iterator.Dispose();
            _kept.Clear();
        }
    }

    private Iterator? Take(int partition, long block)
    {
        lock (_lock)
        {
            for (var i = 0; i < _kept.Count; i++)
            {
                if (_kept[i].Partition != partition || _kept[i].Block != block - 1) continue;
                var iterator = _kept[i].Iterator;
                _kept.RemoveAt(i);
                return iterator;
            }
        }

        return null;
    }

    private void Keep(int partition, long block, Iterator iterator)
    {
        lock (_lock)
        {
            if (_kept.Count == MostKept)
            {
                _kept[0].Iterator.Dispose();
                _kept.RemoveAt(0);
            }

            _kept.Add(new Kept(partition, block, iterator, time.GetTimestamp()));
        }
    }

    private readonly record struct Kept(int Partition, long Block, Iterator Iterator, long Since);
}
