using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// Takes the readable records out of a family with damaged tables: (1) they are written to a table file of their own, (2) that file gets its name, which is the decision, (3) the
/// family is dropped, unread, and begun anew with that file. Cut short after the second step, it is finished at the next opening.
/// </summary>
/// <remarks>What is between the first and the last unreadable block is given up.</remarks>
internal sealed class FamilySalvage(StoreFiles files)
{
    /// <returns>Where the tables are as they were.</returns>
    /// <exception cref="RocksDbException">The records could not be written.</exception>
    public string Run(RocksDbStore store, string family)
    {
        var folder = files.SetTablesAside(store.TablesOf(family));
        var draft = FileOf(family) + ".draft";
        File.Delete(draft);
        using (var table = new SstFileWriter())
        {
            table.Open(draft);
            Copy(store, FamilyOf(store, family), table);
            table.Finish();
        }

        files.Publish(draft, FileOf(family));
        Finish(store, family);
        return folder;
    }

    public void Finish(RocksDbStore store, string family)
    {
        if (!File.Exists(FileOf(family))) return;
        store.Replace(family, FileOf(family));
        File.Delete(FileOf(family));
    }

    private string FileOf(string family) => Path.Combine(files.Path, $"salvaged-{family}");

    private static ColumnFamilyHandle FamilyOf(RocksDbStore store, string family) => family == RocksDbStore.DeadLettersFamily ? store.DeadLetters : store.Attempts;

    private static void Copy(RocksDbStore store, ColumnFamilyHandle family, SstFileWriter table)
    {
        byte[]? last = null;
        using (var before = store.NewRun(family))
            for (before.SeekToFirst(); before.Valid(); before.Next()) Put(before);

        if (FirstBehind(store, family) is { } first)
        {
            using var behind = store.NewRun(family);
            for (behind.Seek(first); behind.Valid(); behind.Next()) Put(behind);
        }

        // A table file without a record cannot be finished.
        if (last is null || StoreKeys.Birthmark.SequenceCompareTo(last) > 0) table.Put(StoreKeys.Birthmark.ToArray(), []);

        void Put(Iterator at)
        {
            if (last is not null && at.GetKeySpan().SequenceCompareTo(last) <= 0) return;
            last = at.Key();
            table.Put(last, at.Value());
        }
    }

    /// <summary>The first key behind all damage; null when the end is damaged.</summary>
    private static byte[]? FirstBehind(RocksDbStore store, ColumnFamilyHandle family)
    {
        byte[]? first = null;
        using var backwards = store.NewRun(family);
        for (backwards.SeekToLast(); backwards.Valid(); backwards.Prev()) first = backwards.Key();
        return first;
    }
}
