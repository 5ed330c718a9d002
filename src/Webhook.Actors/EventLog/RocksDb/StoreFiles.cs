using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// The store's files, seen as files. Opening a store may remove tables that a damaged manifest does not name any more, so a second name (hard link) is kept for each
/// of them until what was opened is known to be whole.
/// </summary>
internal sealed partial class StoreFiles(string path)
{
    /// <summary>Where the second names are while a store is opened.</summary>
    public const string Links = "before-open";

    /// <summary>Where files end that were found damaged; for people, never read again.</summary>
    public const string SetAside = "lost";

    public string Path => path;

    private string LinkFolder => System.IO.Path.Combine(path, Links);

    /// <summary>Creates the folder, and makes its entry in the folders above survive a power cut.</summary>
    public void Create()
    {
        var created = new Stack<string>();
        for (var folder = System.IO.Path.GetFullPath(path); !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder)!) created.Push(folder);
        Directory.CreateDirectory(path);
        while (created.TryPop(out var folder)) FolderSync.Sync(System.IO.Path.GetDirectoryName(folder)!);
    }

    /// <summary>There is a store, or what is left of one.</summary>
    public bool Any() => Tables().Length + Manifests().Length + Wals().Length > 0;

    /// <summary>Gives every file a second name. Anything left over from an opening that was cut short is restored first.</summary>
    public void Keep()
    {
        if (Directory.Exists(LinkFolder)) Restore();
        Directory.CreateDirectory(LinkFolder);
        foreach (var file in (string[])[.. Tables(), .. Manifests(), .. Wals()]) Link(file, System.IO.Path.Combine(LinkFolder, System.IO.Path.GetFileName(file)));
    }

    /// <summary>Brings back what the opening removed. A file that is still there is the same file.</summary>
    public void Restore()
    {
        if (!Directory.Exists(LinkFolder)) return;
        foreach (var kept in Directory.GetFiles(LinkFolder))
        {
            var file = System.IO.Path.Combine(path, System.IO.Path.GetFileName(kept));
            if (!File.Exists(file)) Link(kept, file);
        }

        FolderSync.Sync(path);
        Forget();
    }

    public void Forget()
    {
        if (Directory.Exists(LinkFolder)) Directory.Delete(LinkFolder, recursive: true);
    }

    /// <summary>
    /// Makes CURRENT name a manifest. Without it RocksDB would begin a new, empty store and remove the tables of this one.
    /// </summary>
    /// <returns>What was wrong, or null.</returns>
    public string? MendCurrent()
    {
        var current = System.IO.Path.Combine(path, "CURRENT");
        if (File.Exists(current) && File.ReadAllText(current) is var name && name.EndsWith('\n') && IsManifest(name[..^1])) return null;
        var newest = Manifests().MaxBy(ManifestNumber);
        if (newest is null) return "CURRENT and MANIFEST are missing";
        var draft = current + ".dbtmp";
        using (var file = File.Create(draft))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(System.IO.Path.GetFileName(newest) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, current, overwrite: true);
        FolderSync.Sync(path);
        return "CURRENT was damaged or missing";
    }

    /// <summary>Moves the whole store aside: nothing in it can be read.</summary>
    public string SetStoreAside(DateTimeOffset now)
    {
        Restore();
        var folder = System.IO.Path.Combine(path, SetAside, FormattableString.Invariant($"store-{now.UtcDateTime:yyyyMMddTHHmmss}"));
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(path).Where(f => System.IO.Path.GetFileName(f) is not ("LOCK" or RocksDbEventLog.WitnessFile)))
            File.Move(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)));
        FolderSync.Sync(path);
        return folder;
    }

    /// <summary>Gives the tables a second name where files end that were found damaged.</summary>
    /// <returns>The folder.</returns>
    public string SetTablesAside(IEnumerable<string> names)
    {
        var folder = System.IO.Path.Combine(path, SetAside);
        Directory.CreateDirectory(folder);
        foreach (var name in names)
            if (!File.Exists(System.IO.Path.Combine(folder, name))) Link(System.IO.Path.Combine(path, name), System.IO.Path.Combine(folder, name));
        FolderSync.Sync(path);
        return folder;
    }

    /// <summary>Gives a finished file its name, which survives a power cut then.</summary>
    public void Publish(string draft, string file)
    {
        File.Move(draft, file, overwrite: true);
        FolderSync.Sync(path);
    }

    public long FreeBytes() => new DriveInfo(path).AvailableFreeSpace;

    private string[] Tables() => Files("*.sst");

    private string[] Wals() => Files("*.log");

    private string[] Manifests() => [.. Files("MANIFEST-*").Where(f => IsManifest(System.IO.Path.GetFileName(f)))];

    private string[] Files(string pattern) => Directory.Exists(path) ? Directory.GetFiles(path, pattern) : [];

    private bool IsManifest(string name) =>
        name.StartsWith("MANIFEST-", StringComparison.Ordinal) && ManifestNumber(name) > 0 && File.Exists(System.IO.Path.Combine(path, name));

    private static long ManifestNumber(string file) => long.TryParse(System.IO.Path.GetFileName(file).AsSpan("MANIFEST-".Length), out var number) ? number : 0;

    /// <summary>Gives a file a second name on the same disk.</summary>
    /// <exception cref="IOException">There is none to be had.</exception>
    public static void Link(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Copy(from, to);
            return;
        }

        if (link(from, to) != 0) throw new IOException($"{from} could not be linked to {to}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);
}
