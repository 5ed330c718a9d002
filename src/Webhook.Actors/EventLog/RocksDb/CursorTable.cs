using System.Buffers;
using System.Buffers.Binary;
using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// Every cursor, in memory, and which of them the store does not have yet. Those ride along with the next append or trim; without one they are written soon, unsynced, which
/// survives the process though not a power cut.
/// </summary>
/// <remarks>
/// A lost cursor would make its integration begin at the end of the log and miss what it had still to get. So each trim also writes a copy of all of them into another family:
/// n times i64 integration, i32 partition, i64 sequence, little endian. A cursor that is only there is older than it was, and without its cuts, which repeats events but loses none.
/// </remarks>
internal sealed class CursorTable
{
    private const int CopyEntrySize = 20;

    private readonly Dictionary<CursorKey, Cursor> _all = [];
    private readonly Dictionary<CursorKey, Cursor> _unwritten = [];
    private readonly Lock _lock = new();
    private bool _changedSinceCopy;

    /// <exception cref="RocksDbException">The family is damaged.</exception>
    public void Load(RocksDbStore store)
    {
        using var iterator = store.NewRun(store.Cursors);
        lock (_lock)
        {
            for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            {
                if (iterator.GetKeySpan().SequenceEqual(StoreKeys.Birthmark) || StoreKeys.IsMark(iterator.GetKeySpan())) continue;
                var key = StoreKeys.ReadCursor(iterator.GetKeySpan());
                if (!_unwritten.ContainsKey(key)) _all[key] = Cursor.FromBytes(iterator.GetValueSpan());
            }
        }

        RocksDbStore.ThrowIfDamaged(iterator);
        LoadMissing(store.Get(store.Meta, StoreKeys.CursorsCopy));
    }

    public long Furthest(int partition)
    {
        lock (_lock) return _all.Where(c => c.Key.Partition == partition).Select(static c => c.Value.Sequence).DefaultIfEmpty().Max();
    }

    public Cursor? Find(CursorKey key)
    {
        lock (_lock) return _all.GetValueOrDefault(key);
    }

    public Dictionary<CursorKey, long> Sequences()
    {
        lock (_lock) return _all.ToDictionary(static c => c.Key, static c => c.Value.Sequence);
    }

    /// <returns>true if nothing waited to be written before.</returns>
    public bool Set(CursorKey key, Cursor cursor)
    {
        lock (_lock)
        {
            var idle = _unwritten.Count == 0;
            _all[key] = cursor;
            _unwritten[key] = cursor;
            _changedSinceCopy = true;
            return idle;
        }
    }

    public void Remove(CursorKey key)
    {
        lock (_lock)
        {
            _all.Remove(key);
            _changedSinceCopy = true;
            _unwritten.Remove(key);
        }
    }

    /// <summary>Puts what is unwritten into the batch; <see cref="Written"/> when it is stored.</summary>
    public KeyValuePair<CursorKey, Cursor>[] PutUnwritten(RocksDbStore store, WriteBatch batch)
    {
        KeyValuePair<CursorKey, Cursor>[] taken;
        lock (_lock) taken = _unwritten.Count == 0 ? [] : [.. _unwritten];
        Span<byte> buffer = stackalloc byte[StoreKeys.LongCursorSize];
        foreach (var (key, cursor) in taken) batch.Put(StoreKeys.WriteCursor(buffer, key), cursor.ToBytes(), store.Cursors);
        return taken;
    }

    public void Written(KeyValuePair<CursorKey, Cursor>[] taken)
    {
        lock (_lock)
        {
            foreach (var (key, cursor) in taken)
                if (_unwritten.TryGetValue(key, out var now) && ReferenceEquals(now, cursor)) _unwritten.Remove(key);
        }
    }

    /// <summary>Puts the copy into the batch if anything has changed since the last one.</summary>
    public void PutCopy(RocksDbStore store, WriteBatch batch)
    {
        var copy = new ArrayBufferWriter<byte>();
        lock (_lock)
        {
            if (!_changedSinceCopy) return;
            _changedSinceCopy = false;
            foreach (var (key, cursor) in _all)
            {
                if (key.Replay != 0) continue;
                var entry = copy.GetSpan(CopyEntrySize);
                BinaryPrimitives.WriteInt64LittleEndian(entry, key.Integration);
                BinaryPrimitives.WriteInt32LittleEndian(entry[8..], key.Partition);
                BinaryPrimitives.WriteInt64LittleEndian(entry[12..], cursor.Sequence);
                copy.Advance(CopyEntrySize);
            }
        }

        batch.Put(StoreKeys.CursorsCopy, copy.WrittenSpan, store.Meta);
    }

    private void LoadMissing(ReadOnlySpan<byte> copy)
    {
        lock (_lock)
        {
            for (; copy.Length >= CopyEntrySize; copy = copy[CopyEntrySize..])
            {
                var key = new CursorKey(BinaryPrimitives.ReadInt64LittleEndian(copy), BinaryPrimitives.ReadInt32LittleEndian(copy[8..]));
                var cursor = Cursor.At(BinaryPrimitives.ReadInt64LittleEndian(copy[12..]));
                if (_all.TryAdd(key, cursor)) _unwritten[key] = cursor;
            }
        }
    }
}
