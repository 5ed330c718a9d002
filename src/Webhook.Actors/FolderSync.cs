using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Webhook.Actors;

/// <summary>.NET does not open folders; without this a new file's name may be gone after a power cut although its content was synced.</summary>
internal static partial class FolderSync
{
    /// <summary>Makes the names in the folder durable. Does nothing on Windows, where a folder cannot be synced.</summary>
    /// <exception cref="IOException">The folder could not be opened or synced.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(folder, 0);
        if (descriptor < 0) throw new IOException($"The folder {folder} could not be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        var failed = fsync(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = close(descriptor);
        if (failed != 0) throw new IOException($"The folder {folder} could not be synced: {new Win32Exception(failed).Message}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
