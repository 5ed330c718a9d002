using System.Buffers.Binary;
using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The delivery log in a family of the log's store: of each integration a row of numbers without a gap, which grows at its end and is cut at its beginning. Unsynced.</summary>
/// <remarks>Value: i64 time of storing (100 ns since the year 1, UTC, little endian), then the record.</remarks>
internal sealed class RocksDbAttempts(StoreWriter writer, TimeProvider time) : IAttemptStore, ISideTable
{
    private const int TimeSize = 8;

    // Changed by the writing thread and when the store is opened.
    private readonly Dictionary<long, Row> _rows = [];
    private readonly Lock _lock = new();

    public string Family => RocksDbStore.AttemptsFamily;

    public ValueTask AppendAsync(long integration, IReadOnlyList<ReadOnlyMemory<byte>> records, int keepAtMost, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepAtMost, 1);
        cancellation.ThrowIfCancellationRequested();
        return new ValueTask(writer.RunAsync(store => Append(store, integration, records, keepAtMost)));
    }

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ListAsync(long integration, int limit, CancellationToken cancellation) => await writer.ReadAsync(
        (integration, limit),
        static (store, of) =>
        {
            var found = new List<ReadOnlyMemory<byte>>();
            using var iterator = store.NewRun(store.Attempts);
            for (iterator.SeekForPrev(StoreKeys.Attempt(of.integration, long.MaxValue)); found.Count < of.limit && IsOf(iterator, of.integration); iterator.Prev())
                found.Add(iterator.GetValueSpan()[TimeSize..].ToArray());
            RocksDbStore.ThrowIfDamaged(iterator);
            return found;
        },
        cancellation).ConfigureAwait(false);

    public ValueTask RemoveAsync(long integration, CancellationToken cancellation) => new(writer.RunAsync(store =>
    {
        if (RowOf(integration) is { Next: > 0 } row) Cut(store, integration, row.Next, sync: true);
    }));

    public async ValueTask ExpireAsync(DateTimeOffset olderThan, CancellationToken cancellation)
    {
        long[] integrations;
        lock (_lock) integrations = [.. _rows.Keys];
        foreach (var integration in integrations)
        {
            var first = await writer.ReadAsync((integration, olderThan.UtcTicks), static (store, of) => FirstSince(store, of.integration, of.UtcTicks), cancellation).ConfigureAwait(false);
            await writer.RunAsync(store => Cut(store, integration, first ?? RowOf(integration).Next, sync: false)).ConfigureAwait(false);
        }
    }

    public void Load(RocksDbStore store)
    {
        lock (_lock)
        {
            _rows.Clear();
            using var iterator = store.NewRun(store.Attempts);
            for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            {
                if (!StoreKeys.TryReadIntegration(iterator.GetKeySpan(), StoreKeys.AttemptSize, out var integration)) continue;
                var number = StoreKeys.ReadAttempt(iterator.GetKeySpan());
                _rows[integration] = new Row(_rows.TryGetValue(integration, out var row) ? row.First : number, number + 1);
            }

            RocksDbStore.ThrowIfDamaged(iterator);
        }
    }

    private void Append(RocksDbStore store, long integration, IReadOnlyList<ReadOnlyMemory<byte>> records, int keepAtMost)
    {
        using var batch = new WriteBatch();
        var row = RowOf(integration);
        var next = row.Next + records.Count;
        var first = Math.Max(row.First, next - keepAtMost);
        var now = time.GetUtcNow().UtcTicks;
        for (var number = Math.Max(row.Next, first); number < next; number++)
        {
            var record = records[(int)(number - row.Next)];
            var value = new byte[TimeSize + record.Length];
            BinaryPrimitives.WriteInt64LittleEndian(value, now);
            record.CopyTo(value.AsMemory(TimeSize));
            batch.Put(StoreKeys.Attempt(integration, number), value, store.Attempts);
        }

        for (var number = row.First; number < Math.Min(first, row.Next); number++) batch.Delete(StoreKeys.Attempt(integration, number), store.Attempts);
        store.Write(batch, sync: false);
        Set(integration, new Row(first, next));
    }

    private void Cut(RocksDbStore store, long integration, long first, bool sync)
    {
        var row = RowOf(integration);
        if (first <= row.First) return;
        using var batch = new WriteBatch();
        for (var number = row.First; number < first; number++) batch.Delete(StoreKeys.Attempt(integration, number), store.Attempts);
        store.Write(batch, sync);
        Set(integration, row with { First = first });
    }

    private static long? FirstSince(RocksDbStore store, long integration, long ticks)
    {
        using var iterator = store.NewRun(store.Attempts);
        for (iterator.Seek(StoreKeys.Attempt(integration, 0)); IsOf(iterator, integration); iterator.Next())
            if (BinaryPrimitives.ReadInt64LittleEndian(iterator.GetValueSpan()) >= ticks) return StoreKeys.ReadAttempt(iterator.GetKeySpan());
        RocksDbStore.ThrowIfDamaged(iterator);
        return null;
    }

    private static bool IsOf(Iterator iterator, long integration) =>
        iterator.Valid() && StoreKeys.TryReadIntegration(iterator.GetKeySpan(), StoreKeys.AttemptSize, out var of) && of == integration;

    private Row RowOf(long integration)
    {
        lock (_lock) return _rows.GetValueOrDefault(integration);
    }

    private void Set(long integration, Row row)
    {
        lock (_lock)
        {
            if (row.First < row.Next) _rows[integration] = row;
            else _rows.Remove(integration);
        }
    }

    private readonly record struct Row(long First, long Next);
}
