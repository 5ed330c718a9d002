namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Dead letters in a family of the log's store.</summary>
internal sealed class RocksDbDeadLetters : IDeadLetterStore
{
    // So that what expires does not hold up appends for long.
    private const int RemovedPerWrite = 1_000;

    private readonly StoreWriter _writer;
    private readonly DeadLetterTallies _tallies = new();

    public RocksDbDeadLetters(StoreWriter writer, LossReport losses)
    {
        _writer = writer;
        Table = new DeadLetterTable(_tallies, losses);
    }

    /// <summary>For the opening of the store.</summary>
    public DeadLetterTable Table { get; }

    public ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return letters.Count == 0 ? ValueTask.CompletedTask : new ValueTask(_writer.RunAsync(store => Table.Add(store, letters)));
    }

    public async ValueTask<DeadLetter?> FindAsync(long integration, DeadLetterId id, CancellationToken cancellation) =>
        await _writer.ReadAsync((integration, id), Find, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<DeadLetter>> ListAsync(long integration, DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var found = new List<DeadLetter>();
        await ScanAsync(integration, after, Take, found.Clear, cancellation).ConfigureAwait(false);
        return found;

        bool Take(DeadLetterId id, DeadLetterRecord record)
        {
            if (record.Matches(filter)) found.Add(record.ToLetter(integration, id));
            return found.Count < limit;
        }
    }

    public async ValueTask<long> CountAsync(long integration, DeadLetterFilter filter, CancellationToken cancellation)
    {
        if (filter == new DeadLetterFilter()) return _tallies.Count(integration);
        var count = 0L;
        await ScanAsync(integration, null, Take, () => count = 0, cancellation).ConfigureAwait(false);
        return count;

        bool Take(DeadLetterId id, DeadLetterRecord record)
        {
            if (record.Matches(filter)) count++;
            return true;
        }
    }

    public async ValueTask<int> RemoveAsync(long integration, IReadOnlyList<DeadLetterId> ids, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var removed = 0;
        await _writer.RunAsync(store => removed = Table.Remove(store, integration, ids)).ConfigureAwait(false);
        return removed;
    }

    public async ValueTask<long> RemoveAllAsync(long integration, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var removed = 0L;
        await _writer.RunAsync(store => removed = Table.RemoveAll(store, integration)).ConfigureAwait(false);
        return removed;
    }

    public async ValueTask<IReadOnlyDictionary<long, long>> ExpireAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation)
    {
        var expired = new Dictionary<long, long>();
        foreach (var integration in _tallies.TakeExpiring(olderThan.UtcTicks, keepAtMost))
        {
            // 1. Which ones, beside the writing thread; in the order in which they go.
            var all = await ByAgeAsync(integration, cancellation).ConfigureAwait(false);
            var surplus = all.Count - keepAtMost;
            var going = all.TakeWhile((letter, index) => index < surplus || letter.RefusedAt < olderThan.UtcTicks).ToList();

            // 2. Away with them.
            var removed = 0;
            foreach (var some in going.Chunk(RemovedPerWrite))
            {
                var refusedAt = some.ToDictionary(static letter => letter.Id, static letter => letter.RefusedAt);
                await _writer.RunAsync(store => removed += Table.Remove(store, integration, refusedAt.Keys, refusedAt)).ConfigureAwait(false);
            }

            if (removed > 0) expired[integration] = removed;
            _tallies.Kept(integration, going.Count < all.Count ? all[going.Count].RefusedAt : long.MaxValue);
        }

        return expired;
    }

    public IReadOnlyDictionary<long, long> Counts() => _tallies.Counts();

    private async Task<List<(long RefusedAt, DeadLetterId Id)>> ByAgeAsync(long integration, CancellationToken cancellation)
    {
        var all = new List<(long RefusedAt, DeadLetterId Id)>();
        await ScanAsync(integration, null, Take, all.Clear, cancellation).ConfigureAwait(false);

        // Those refused in the same moment in the order of the log.
        all.Sort(static (a, b) => (a.RefusedAt, a.Id.Partition, a.Id.Sequence).CompareTo((b.RefusedAt, b.Id.Partition, b.Id.Sequence)));
        return all;

        bool Take(DeadLetterId id, DeadLetterRecord record)
        {
            all.Add((record.RefusedAt, id));
            return true;
        }
    }

    /// <param name="restart">Called first, also when it begins again after damage was mended.</param>
    private async Task ScanAsync(long integration, DeadLetterId? after, Visit visit, Action restart, CancellationToken cancellation) => await _writer.ReadAsync(
        integration,
        (store, of) =>
        {
            restart();
            using var iterator = store.NewRun(store.DeadLetters);
            for (iterator.Seek(StoreKeys.DeadLetter(of, after ?? default)); iterator.Valid(); iterator.Next())
            {
                cancellation.ThrowIfCancellationRequested();
                if (!StoreKeys.TryReadIntegration(iterator.GetKeySpan(), StoreKeys.DeadLetterSize, out var found) || found != of) return true;
                var id = StoreKeys.ReadDeadLetter(iterator.GetKeySpan());
                if (id == after) continue;
                if (!DeadLetterRecord.TryOpen(iterator.GetValueSpan(), out var record)) FoundDamaged(of, id);
                else if (!visit(id, record)) return true;
            }

            RocksDbStore.ThrowIfDamaged(iterator);
            return true;
        },
        cancellation).ConfigureAwait(false);

    private DeadLetter? Find(RocksDbStore store, (long Integration, DeadLetterId Id) at)
    {
        if (store.Get(store.DeadLetters, StoreKeys.DeadLetter(at.Integration, at.Id)) is not { } value) return null;
        if (DeadLetterRecord.TryOpen(value, out var record)) return record.ToLetter(at.Integration, at.Id);
        FoundDamaged(at.Integration, at.Id);
        return null;
    }

    private void FoundDamaged(long integration, DeadLetterId id) => _ = _writer.RunAsync(store => Table.RemoveDamaged(store, integration, id));

    /// <returns>true: go on.</returns>
    private delegate bool Visit(DeadLetterId id, DeadLetterRecord record);
}
