namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>A second folder of a store that nobody has open. It costs next to nothing: tables, which are never written again, get another name there; everything else is copied.</summary>
internal static class StoreCopy
{
    /// <summary>For a look at it: whatever an opening does to the copy, it changes nothing in the store. Falls apart when the store's tables go.</summary>
    /// <exception cref="IOException">The disk of <paramref name="to"/> is full, or a file cannot be read.</exception>
    public static void MakeView(string from, string to) => Make(from, to, OperatingSystem.IsWindows() ? File.Copy : static (table, name) => File.CreateSymbolicLink(name, table));

    /// <summary>To be kept: whatever becomes of the store, the copy stays as it is. On another disk the tables are copied, too.</summary>
    /// <exception cref="IOException">The disk is full, or a file cannot be read.</exception>
    public static void Make(string from, string to)
    {
        Make(from, to, LinkOrCopy);
        FolderSync.Sync(to);
        FolderSync.Sync(Path.GetDirectoryName(to)!);
    }

    private static void LinkOrCopy(string table, string name)
    {
        try
        {
            StoreFiles.Link(table, name);
        }
        catch (IOException)
        {
            File.Copy(table, name);
        }
    }

    private static void Make(string from, string to, Action<string, string> link)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(to);
        else Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var file in Directory.GetFiles(from))
        {
            var name = Path.Combine(to, Path.GetFileName(file));
            if (Path.GetExtension(file) == ".sst") link(file, name);
            else File.Copy(file, name);
        }

        // What an opening that was cut short left behind belongs to the store; what was set aside as damaged does not.
        var kept = Path.Combine(from, StoreFiles.Links);
        if (Directory.Exists(kept)) Make(kept, Path.Combine(to, StoreFiles.Links), link);
    }
}
