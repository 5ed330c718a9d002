using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>A store that could be opened, what it holds, and what had to be done for it.</summary>
/// <param name="Lost">Holes nobody knew of before.</param>
/// <param name="Remarks">What was wrong with the files; empty when all was well.</param>
internal sealed record OpenedStore(RocksDbStore Store, PartitionExtent Extent, IReadOnlyList<Hole> Lost, IReadOnlyList<string> Remarks);

/// <summary>
/// Opens a store in whatever state it is. In this order, each step only if the one before did not give a whole store:
/// (1) as it is; (2) with CURRENT mended; (3) repaired: every table and write-ahead log that can be read makes a new manifest; (4) set aside as a whole, and a new one begun.
/// </summary>
/// <remarks>A repair reads everything, so it is never the first thing tried; and it is tried before a loss is believed, because a manifest that lost its end opens without a word.</remarks>
internal sealed class StoreOpening(
    StoreFiles files, DbOptions options, int memtableBytes, BlockRuns runs, CursorTable cursors, MarkTable marks, IdempotencyTable idempotency,
    IReadOnlyList<ISideTable> beside, TimeProvider time)
{
    private const int Partition = 0;

    private readonly FamilySalvage _salvage = new(files);

    /// <exception cref="EventLogException">The disk is full, the folder cannot be written, or another process has it: nothing was changed.</exception>
    public OpenedStore Open(HeadMark? witness)
    {
        try
        {
            files.Create();
            var existed = files.Any();
            files.Keep();
            var remarks = new List<string>();
            if (existed && files.MendCurrent() is { } mended) remarks.Add(mended);
            var opened = TryOpen(witness, remarks);
            if (existed && (opened is null || opened.Lost.Count > 0)) opened = Repair(opened, witness, remarks);
            opened ??= Begin(witness, remarks);
            files.Forget();
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RocksDbException)
        {
            throw new EventLogException($"The event log in {files.Path} could not be opened: {e.Message} Free space on its disk or correct the folder's rights, then start again.", e);
        }
    }

    private OpenedStore? Repair(OpenedStore? incomplete, HeadMark? witness, List<string> remarks)
    {
        runs.Dispose();
        incomplete?.Store.Dispose();
        files.Restore();
        files.Keep();
        try
        {
            RocksDbStore.Repair(files.Path, options);
        }
        catch (RocksDbException e) when (IsDamage(e))
        {
            remarks.Add($"it could not be repaired ({e.Message})");
            return null;
        }

        if (incomplete is null) remarks.Add($"it is rebuilt from the files that can be read, others go to {System.IO.Path.Combine(files.Path, StoreFiles.SetAside)}");
        return TryOpen(witness, remarks);
    }

    private OpenedStore Begin(HeadMark? witness, List<string> remarks)
    {
        if (files.Any()) remarks.Add($"nothing in it can be read; it goes to {files.SetStoreAside(time.GetUtcNow())}");
        return Load(RocksDbStore.Open(files.Path, options, memtableBytes), witness, remarks);
    }

    private OpenedStore? TryOpen(HeadMark? witness, List<string> remarks)
    {
        RocksDbStore? store = null;
        try
        {
            store = RocksDbStore.Open(files.Path, options, memtableBytes);
            return Load(store, witness, remarks);
        }
        catch (RocksDbException e) when (IsDamage(e))
        {
            runs.Dispose();
            store?.Dispose();
            remarks.Add(e.Message);
            return null;
        }
    }

    private OpenedStore Load(RocksDbStore store, HeadMark? witness, List<string> remarks)
    {
        cursors.Load(store);
        marks.Load(store);
        idempotency.Load(store);
        foreach (var table in beside) Load(store, table, remarks);
        var (extent, lost) = new StoreInspection(store, runs, Partition).Inspect(witness, cursors.Furthest(Partition));
        return new OpenedStore(store, extent, lost, remarks);
    }

    /// <summary>Nothing else depends on such a table: damage costs the records it hit, and not, as a repair does, every record of a file.</summary>
    private void Load(RocksDbStore store, ISideTable table, List<string> remarks)
    {
        _salvage.Finish(store, table.Family);
        try
        {
            table.Load(store);
        }
        catch (RocksDbException e) when (RocksDbStore.IsCorruption(e))
        {
            remarks.Add($"records of the family {table.Family} could not be read ({e.Message}); the others are kept, the files as they were go to {_salvage.Run(store, table.Family)}");
            table.Load(store);
        }
    }

    /// <summary>Only what these texts say is damage; a full disk must never lead to a repair.</summary>
    private static bool IsDamage(RocksDbException e) =>
        RocksDbStore.IsCorruption(e)
        || e.Message.Contains("No such file", StringComparison.Ordinal)
        || e.Message.Contains("NotFound", StringComparison.Ordinal)
        || e.Message.Contains("Invalid argument", StringComparison.Ordinal)
        || e.Message.Contains("Not implemented", StringComparison.Ordinal);
}
