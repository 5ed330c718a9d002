using System.Runtime.CompilerServices;
using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// Loads the library that RocksDbSharp calls. By itself that looks first in the folder which the process stands in, where anybody may have put another one, and not where
/// a single file has unpacked its own. So while it looks, the process stands where the library is.
/// </summary>
internal static class NativeRocksDb
{
    /// <summary>To be called before anything else of RocksDbSharp.</summary>
    public static void Load()
    {
        var stood = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = Folder();
            RuntimeHelpers.RunClassConstructor(typeof(Native).TypeHandle);
        }
        finally
        {
            Environment.CurrentDirectory = stood;
        }
    }

    // Where the runtime itself looks for libraries; of a single file, that is where it was unpacked.
    private static string Folder() =>
        ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(static folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*rocksdb*").Any())
        ?? AppContext.BaseDirectory;
}
