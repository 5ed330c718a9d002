using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Webhook.Testing;

/// <summary>
/// A disk of the test's own, ext4 on a loop device, that can be filled, frozen, throttled and lose its power. Needs root on Linux; where mounting is refused the test fails and says so.
/// </summary>
/// <remarks>ext4 and not tmpfs: the event log opens files for direct I/O, which tmpfs refuses, and tmpfs can neither freeze nor lose anything.</remarks>
public sealed partial class OwnDisk : IAsyncDisposable
{
    private const string Filler = "filler";
    private static readonly TimeSpan LongestFreeze = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly string _image;
    private Process? _thawing;
    private string? _throttled;

    private OwnDisk(int mebibytes)
    {
        _image = System.IO.Path.Combine(_folder.Path, "image");
        Path = System.IO.Path.Combine(_folder.Path, "disk");
        Directory.CreateDirectory(Path);
        using var image = File.Create(_image);
        image.SetLength(mebibytes * 1024L * 1024);
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    public static OwnDisk Create(int mebibytes)
    {
        var disk = new OwnDisk(mebibytes);
        try
        {
            Command.Run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", disk._image);
            disk.Mount();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"This test needs a disk of its own, so it must run as root where loop devices can be mounted: {e.Message}", e);
        }

        return disk;
    }

    /// <summary>Takes all space there is.</summary>
    public void Fill()
    {
        using var filler = new FileStream(System.IO.Path.Combine(Path, Filler), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 1024 * 1024; size > 0; size /= 4)
        {
            try
            {
                while (true) filler.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full for pieces of this size.
            }
        }

        // Not yet full for those who write where the filesystem has only promised space.
        Command.Run("sync", "-f", Path);
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Empty() => File.Delete(System.IO.Path.Combine(Path, Filler));

    /// <summary>Every write waits, for ever; reads go on. Thaws by itself after a minute, so that a test that dies leaves nothing stuck.</summary>
    public void Freeze()
    {
        Command.Run("fsfreeze", "--freeze", Path);
        _thawing = Command.Start("sh", "-c", $"sleep {LongestFreeze.TotalSeconds:F0}; fsfreeze --unfreeze {Path}");
    }

    public void Thaw()
    {
        if (_thawing is null) return;
        _thawing.Kill(entireProcessTree: true);
        _thawing.Dispose();
        _thawing = null;
        Command.Run("fsfreeze", "--unfreeze", Path);
    }

    /// <summary>Every read of the process from this disk that memory cannot answer waits, for ever.</summary>
    public void StallReads(int process)
    {
        _throttled = $"/sys/fs/cgroup/blkio/{System.IO.Path.GetFileName(_folder.Path)}";
        Directory.CreateDirectory(_throttled);
        File.WriteAllText($"{_throttled}/blkio.throttle.read_bps_device", $"{DeviceNumber()} 1");
        File.WriteAllText($"{_throttled}/cgroup.procs", process.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public void ResumeReads()
    {
        if (_throttled is not null) File.WriteAllText($"{_throttled}/blkio.throttle.read_bps_device", $"{DeviceNumber()} 0");
    }

    /// <summary>From here on nothing reaches the disk; what had not been synced is gone when it is <see cref="RemountAsync"/>ed.</summary>
    public void CutPower()
    {
        // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: not even the filesystem's own journal is written any more.
        const ulong Shutdown = 0x8004587D;
        var withoutFlush = 2u;
        var folder = open(Path, 0);
        var failed = folder < 0 || ioctl(folder, Shutdown, ref withoutFlush) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (folder >= 0) _ = close(folder);
        if (failed != 0) throw new Win32Exception(failed, $"The power of {Path} could not be cut.");
    }

    /// <summary>The disk as it is after a reboot: nothing of it in memory. No process may use it.</summary>
    public async Task RemountAsync()
    {
        await UnmountAsync();
        Mount();
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        ResumeReads();
        await UnmountAsync();
        if (_throttled is not null) Directory.Delete(_throttled);
        _folder.Dispose();
    }

    private void Mount() => Command.Run("mount", "-o", "loop", _image, Path);

    // A process that was killed lets go of its files a moment later.
    private async Task UnmountAsync()
    {
        var problem = "";
        await Until.HoldsAsync(TryUnmount, () => problem, TimeSpan.FromSeconds(20));

        bool TryUnmount()
        {
            try
            {
                Command.Run("umount", Path);
                return true;
            }
            catch (InvalidOperationException e)
            {
                problem = e.Message;
                return false;
            }
        }
    }

    /// <summary>major:minor, the third field of its line in mountinfo (proc(5)).</summary>
    private string DeviceNumber() => File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).Single(fields => fields[4] == Path)[2];

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, ulong request, ref uint argument);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
