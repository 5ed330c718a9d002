using System.Buffers.Binary;
using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Idempotency records by key, and their keys by time so that the oldest can go first.</summary>
/// <remarks>Value: u128 body hash, i32 accepted, i64 first sequence, i64 last sequence, i64 time in milliseconds; little endian.</remarks>
internal sealed class IdempotencyTable
{
    private const int ValueSize = 44;
    private const int DeletionsPerWrite = 10_000;

    private long _count;

    /// <summary>Also reads every record once, so that damage is found when the store is opened and not when a compaction stops the log.</summary>
    /// <exception cref="RocksDbException">The family is damaged.</exception>
    public void Load(RocksDbStore store)
    {
        _count = 0;
        using var iterator = store.NewRun(store.Idempotency);
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            if (iterator.GetKeySpan() is [(byte)'t', ..]) _count++;
        RocksDbStore.ThrowIfDamaged(iterator);
    }

    public static IdempotencyRecord? Find(RocksDbStore store, IdempotencyKey key)
    {
        Span<byte> name = stackalloc byte[StoreKeys.IdempotencySize];
        StoreKeys.WriteIdempotency(name, key);
        var value = store.Get(store.Idempotency, name);
        return value is not { Length: ValueSize }
            ? null
            : new IdempotencyRecord(
                key,
                BinaryPrimitives.ReadUInt128LittleEndian(value),
                BinaryPrimitives.ReadInt32LittleEndian(value.AsSpan(16)),
                BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(20)),
                BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(28)),
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(36))));
    }

    public static void Put(RocksDbStore store, WriteBatch batch, IdempotencyRecord record)
    {
        Span<byte> name = stackalloc byte[StoreKeys.IdempotencySize];
        Span<byte> time = stackalloc byte[StoreKeys.IdempotencyTimeSize];
        Span<byte> value = stackalloc byte[ValueSize];
        StoreKeys.WriteIdempotency(name, record.Key);
        StoreKeys.WriteIdempotencyTime(time, record);
        BinaryPrimitives.WriteUInt128LittleEndian(value, record.BodyHash);
        BinaryPrimitives.WriteInt32LittleEndian(value[16..], record.Accepted);
        BinaryPrimitives.WriteInt64LittleEndian(value[20..], record.FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(value[28..], record.LastSequence);
        BinaryPrimitives.WriteInt64LittleEndian(value[36..], record.At.ToUnixTimeMilliseconds());
        batch.Put(name, value, store.Idempotency);
        batch.Put(time, default, store.Idempotency);
    }

    public void Added(int records) => _count += records;

    public void Expire(RocksDbStore store, DateTimeOffset olderThan, int keepAtMost)
    {
        Span<byte> name = stackalloc byte[StoreKeys.IdempotencySize];
        using var batch = new WriteBatch();
        using var iterator = store.NewRun(store.Idempotency);
        var deleted = 0;
        for (iterator.Seek("t"u8); iterator.Valid() && iterator.GetKeySpan() is [(byte)'t', ..] time; iterator.Next())
        {
            if (StoreKeys.ReadIdempotencyTime(time) >= olderThan && _count - deleted <= keepAtMost) break;
            StoreKeys.WriteIdempotency(name, StoreKeys.ReadIdempotencyOfTime(time));
            batch.Delete(name, store.Idempotency);
            batch.Delete(time, store.Idempotency);
            if (++deleted % DeletionsPerWrite != 0) continue;
            store.Write(batch, sync: false);
            batch.Clear();
        }

        RocksDbStore.ThrowIfDamaged(iterator);
        if (deleted > 0) store.Write(batch, sync: false);
        _count -= deleted;
    }
}
