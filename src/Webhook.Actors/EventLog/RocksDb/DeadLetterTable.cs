using RocksDbSharp;
using static Webhook.Actors.EventLog.RocksDb.DeadLetterTallies;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>What is written of dead letters. How many each integration has goes with every change into another family, so that what damage took can be counted.</summary>
/// <remarks>Everything here is done by the writing thread, or while the store is opened.</remarks>
internal sealed class DeadLetterTable(DeadLetterTallies tallies, LossReport losses) : ISideTable
{
    private const int MostNamed = 5;

    // What Load found, until TellLosses.
    private List<(long Integration, DeadLetterId Id)> _damaged = [];

    public string Family => RocksDbStore.DeadLettersFamily;

    public void Load(RocksDbStore store)
    {
        var (found, damaged) = (new Dictionary<long, Tally>(), new List<(long, DeadLetterId)>());
        using var iterator = store.NewRun(store.DeadLetters);
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
        {
            if (!StoreKeys.TryReadIntegration(iterator.GetKeySpan(), StoreKeys.DeadLetterSize, out var integration)) continue;
            if (DeadLetterRecord.TryOpen(iterator.GetValueSpan(), out var record)) found[integration] = Sum(found, integration, new Tally(1, record.RefusedAt));
            else damaged.Add((integration, StoreKeys.ReadDeadLetter(iterator.GetKeySpan())));
        }

        RocksDbStore.ThrowIfDamaged(iterator);
        _damaged = damaged;
        tallies.Replace(found);
    }

    /// <summary>Of the store that is now open: tells how many letters it lost, once, and takes what is left of them away.</summary>
    public void TellLosses(RocksDbStore store)
    {
        using var batch = new WriteBatch();
        foreach (var (integration, id) in _damaged) batch.Delete(StoreKeys.DeadLetter(integration, id), store.DeadLetters);
        var named = _damaged.ToLookup(static d => d.Integration, static d => d.Id);
        var counted = ReadCounts(store);
        foreach (var integration in counted.Keys.Union(named.Select(static n => n.Key)).Union(tallies.Counts().Keys))
        {
            var kept = tallies.Count(integration);
            if (kept != counted.GetValueOrDefault(integration)) PutCount(store, batch, integration, kept);
            var lost = Math.Max(counted.GetValueOrDefault(integration) - kept, named[integration].Count());
            if (lost > 0) losses.LostDeadLetters(integration, lost, Reason([.. named[integration]]));
        }

        _damaged = [];
        if (batch.Count() > 0) store.Write(batch, sync: true);
    }

    public void Add(RocksDbStore store, IReadOnlyList<DeadLetter> letters)
    {
        using var batch = new WriteBatch();
        var added = new Dictionary<long, Tally>();
        var known = new HashSet<(long, DeadLetterId)>();
        foreach (var letter in letters)
        {
            var key = StoreKeys.DeadLetter(letter.Integration, letter.Id);
            batch.Put(key, DeadLetterRecord.Write(letter), store.DeadLetters);
            var isNew = known.Add((letter.Integration, letter.Id)) && !store.Has(store.DeadLetters, key);
            added[letter.Integration] = Sum(added, letter.Integration, new Tally(isNew ? 1 : 0, letter.RefusedAt.UtcTicks));
        }

        foreach (var (integration, tally) in added) PutCount(store, batch, integration, tallies.Count(integration) + tally.Count);
        store.Write(batch, sync: true);
        foreach (var (integration, tally) in added) tallies.Add(integration, tally);
    }

    /// <param name="refusedAt">If given, only those that were refused then: one that was replaced meanwhile stays.</param>
    public int Remove(RocksDbStore store, long integration, IEnumerable<DeadLetterId> ids, IReadOnlyDictionary<DeadLetterId, long>? refusedAt = null)
    {
        using var batch = new WriteBatch();
        var removed = 0;
        foreach (var id in ids.Distinct())
        {
            var key = StoreKeys.DeadLetter(integration, id);
            if (store.Get(store.DeadLetters, key) is not { } value) continue;
            if (refusedAt is not null && DeadLetterRecord.TryOpen(value, out var record) && record.RefusedAt != refusedAt[id]) continue;
            batch.Delete(key, store.DeadLetters);
            removed++;
        }

        if (removed == 0) return 0;
        PutCount(store, batch, integration, tallies.Count(integration) - removed);
        store.Write(batch, sync: true);
        tallies.Remove(integration, removed);
        return removed;
    }

    public long RemoveAll(RocksDbStore store, long integration)
    {
        var removed = tallies.Count(integration);
        if (removed == 0) return 0;
        using var batch = new WriteBatch();
        batch.DeleteRange(
            StoreKeys.DeadLetter(integration, default), StoreKeys.DeadLetterSize, StoreKeys.DeadLetter(integration + 1, default), StoreKeys.DeadLetterSize, store.DeadLetters);
        PutCount(store, batch, integration, 0);
        store.Write(batch, sync: true);
        tallies.Remove(integration, removed);
        return removed;
    }

    /// <summary>A reader came upon a damaged letter. Looks again: others may have come upon it too, and it may have been replaced.</summary>
    public void RemoveDamaged(RocksDbStore store, long integration, DeadLetterId id)
    {
        var value = store.Get(store.DeadLetters, StoreKeys.DeadLetter(integration, id));
        if (value is null || DeadLetterRecord.TryOpen(value, out _)) return;
        Remove(store, integration, [id]);
        losses.LostDeadLetters(integration, 1, Reason([id]));
    }

    private static string Reason(IReadOnlyList<DeadLetterId> named) => named.Count == 0
        ? "files are damaged or missing"
        : $"damaged: {string.Join(", ", named.Take(MostNamed))}{(named.Count > MostNamed ? " and others" : "")}";

    private static Dictionary<long, long> ReadCounts(RocksDbStore store)
    {
        var counts = new Dictionary<long, long>();
        using var iterator = store.NewRun(store.Meta);
        for (iterator.Seek("d"u8); iterator.Valid() && StoreKeys.TryReadDeadLetterCount(iterator.GetKeySpan(), out var integration); iterator.Next())
            counts[integration] = BitConverter.ToInt64(iterator.GetValueSpan());
        RocksDbStore.ThrowIfDamaged(iterator);
        return counts;
    }

    private static void PutCount(RocksDbStore store, WriteBatch batch, long integration, long count)
    {
        if (count == 0) batch.Delete(StoreKeys.DeadLetterCount(integration), store.Meta);
        else batch.Put(StoreKeys.DeadLetterCount(integration), BitConverter.GetBytes(count), store.Meta);
    }
}
