using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webhook.Server.Inputs.Following;

/// <summary>Which file it is, whatever it is called: renaming keeps it, and a new file at the same path has another. After a file is gone its number may be given to another.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);

/// <param name="ChangedAt">When it was written to last, in nanoseconds since the Unix epoch.</param>
internal readonly record struct FileStatus(FileIdentity Identity, long Size, long ChangedAt)
{
    // statx(2): its layout is the same on all architectures.
    private const int StructSize = 256;
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int SizeOffset = 40, InodeOffset = 32, ChangedSecondsOffset = 112, ChangedNanosecondsOffset = 120, DeviceMajorOffset = 136, DeviceMinorOffset = 140;

    // Of the type: bits of st_mode.
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000, RegularFile = 0x8000;

    /// <returns>null: there is no regular file.</returns>
    public static FileStatus? Of(string path) => Read(CurrentFolder, path, 0);

    /// <returns>null: it is no regular file.</returns>
    public static FileStatus? Of(SafeFileHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath);
        }
        finally
        {
            if (added) file.DangerousRelease();
        }
    }

    private static FileStatus? Read(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[StructSize];
        if (NativeMethods.Statx(folder, path, flags, BasicStats, status) != 0) return null;
        if ((BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & TypeMask) != RegularFile) return null;
        var device = ((ulong)MemoryMarshal.Read<uint>(status[DeviceMajorOffset..]) << 32) | MemoryMarshal.Read<uint>(status[DeviceMinorOffset..]);
        return new FileStatus(
            new FileIdentity(device, MemoryMarshal.Read<ulong>(status[InodeOffset..])),
            MemoryMarshal.Read<long>(status[SizeOffset..]),
            (MemoryMarshal.Read<long>(status[ChangedSecondsOffset..]) * 1_000_000_000) + MemoryMarshal.Read<uint>(status[ChangedNanosecondsOffset..]));
    }
}

internal static partial class NativeMethods
{
    /// <summary>int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf)</summary>
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
