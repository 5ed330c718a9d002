using RocksDbSharp;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// Finds out what an opened store holds and what it lost. Holes between tables show in the tables' own descriptions; a lost end shows in the witness, or in a cursor that is
/// past the end. Damage inside a table shows when it is read.
/// </summary>
internal sealed class StoreInspection(RocksDbStore store, BlockRuns runs, int partition)
{
    /// <param name="witness">How far it was durable; null when nobody knows.</param>
    /// <param name="furthestCursor">The highest cursor of the partition; what it has passed existed.</param>
    /// <returns>The extent with all holes, and those of them that nobody knew of before.</returns>
    /// <exception cref="RocksDbException">The records about the log itself are damaged.</exception>
    public (PartitionExtent Extent, IReadOnlyList<Hole> Found) Inspect(HeadMark? witness, long furthestCursor)
    {
        var trim = ReadTrim() ?? TrimMark.None;
        if (witness is { } w && w.Trim.Block > trim.Block) trim = w.Trim;
        var known = ReadHoles().Where(h => h.LastBlock >= trim.Block).ToList();
        var present = Present(trim.Block);

        // 1. Where it ends: the last block that can be read, or what is known to have been there.
        BlockPlace? last = null;
        for (var i = present.Count - 1; i >= 0 && last is null; i--)
            for (var block = present[i].Last; block >= present[i].First && last is null; block--) last = Place(block);
        var lastUsed = Math.Max(Math.Max(present.Count > 0 ? present[^1].Last : 0, trim.Block - 1), known.Count > 0 ? known[^1].LastBlock : 0);
        lastUsed = Math.Max(lastUsed, furthestCursor > 0 ? EventBlock.BlockOf(furthestCursor - 1) : 0);
        var events = last?.EventsAfter ?? trim.EventsBefore;
        var bytes = last?.BytesAfter ?? trim.BytesBefore;
        if (witness is { } end && end.LastBlock >= (last?.Block ?? trim.Block - 1))
        {
            lastUsed = Math.Max(lastUsed, end.LastBlock);
            events = Math.Max(events, end.Events);
            bytes = Math.Max(bytes, end.Bytes);
        }

        // 2. Where it begins.
        BlockPlace? first = null;
        if (last is not null)
            for (var block = present[0].First; first is null; block++) first = Place(block);

        // 3. What is missing in between.
        var found = new List<Hole>();
        foreach (var (from, to) in Missing(present, trim.Block, first, last, lastUsed))
        {
            if (known.Any(h => h.Contains(from) && h.Contains(to))) continue;
            var before = from == trim.Block ? (trim.EventsBefore, trim.BytesBefore) : Place(from - 1) is { } p ? (p.EventsAfter, p.BytesAfter) : ((long, long)?)null;
            var after = to == lastUsed ? (witness is null ? null : (events, bytes)) : Place(to + 1) is { } n ? (n.EventsBefore, n.BytesBefore) : ((long, long)?)null;
            found.Add(new Hole(from, to, after?.Item1 - before?.Item1, after?.Item2 - before?.Item2));
        }

        var holes = known.Where(k => !found.Any(f => f.FirstBlock <= k.LastBlock && k.FirstBlock <= f.LastBlock)).Concat(found).OrderBy(static h => h.FirstBlock);
        return (new PartitionExtent(lastUsed + 1, events, bytes, trim, first, [.. holes]), found);
    }

    private static IEnumerable<(long From, long To)> Missing(
        List<(long First, long Last)> present, long from, BlockPlace? first, BlockPlace? last, long lastUsed)
    {
        if (first is not { } begin || last is not { } end)
        {
            if (lastUsed >= from) yield return (from, lastUsed);
            yield break;
        }

        if (begin.Block > from) yield return (from, begin.Block - 1);
        for (var i = 1; i < present.Count; i++)
            if (present[i - 1].Last >= begin.Block && present[i].First <= end.Block) yield return (present[i - 1].Last + 1, present[i].First - 1);
        if (lastUsed > end.Block) yield return (end.Block + 1, lastUsed);
    }

    /// <summary>Runs of blocks that have a key, joined, in order, from <paramref name="from"/> on.</summary>
    private List<(long First, long Last)> Present(long from)
    {
        var runsOfBlocks = new List<(long First, long Last)>();
        foreach (var table in store.BlockTables(partition).OrderBy(static t => t.FirstBlock))
        {
            if (table.LastBlock < from) continue;
            if (table.Whole) Add(Math.Max(table.FirstBlock, from), table.LastBlock);
            else
                for (var block = StoredBlocks.Seek(store, partition, Math.Max(table.FirstBlock, from)); block <= table.LastBlock; block = StoredBlocks.Seek(store, partition, block.Value + 1))
                    Add(block.Value, block.Value);
        }

        return runsOfBlocks;

        void Add(long first, long last)
        {
            if (runsOfBlocks.Count > 0 && first <= runsOfBlocks[^1].Last + 1) runsOfBlocks[^1] = (runsOfBlocks[^1].First, Math.Max(runsOfBlocks[^1].Last, last));
            else runsOfBlocks.Add((first, last));
        }
    }

    private BlockPlace? Place(long block) => StoredBlocks.TryPlace(store, runs, partition, block);

    private TrimMark? ReadTrim()
    {
        Span<byte> key = stackalloc byte[StoreKeys.TrimSize];
        StoreKeys.WriteTrim(key, partition);
        return store.Get(store.Meta, key) is { } value ? TrimMark.Read(value) : null;
    }

    private List<Hole> ReadHoles()
    {
        var holes = new List<Hole>();
        Span<byte> key = stackalloc byte[StoreKeys.HoleSize];
        StoreKeys.WriteHole(key, partition, 0);
        using var iterator = store.NewRun(store.Meta);
        for (iterator.Seek(key); iterator.Valid() && StoreKeys.TryReadHole(iterator.GetKeySpan(), partition, out var first); iterator.Next())
            holes.Add(Hole.Read(first, iterator.GetValueSpan()));
        RocksDbStore.ThrowIfDamaged(iterator);
        return holes;
    }
}
