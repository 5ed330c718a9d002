using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webhook.Testing;

/// <summary>What lies in a pipe.</summary>
public static partial class PipeState
{
    private const nuint BytesUnread = 0x541B;

    /// <summary>Written and not yet read. FIONREAD, at either end.</summary>
    public static int Unread(SafePipeHandle pipe)
    {
        if (ioctl((int)pipe.DangerousGetHandle(), BytesUnread, out var bytes) != 0) throw new IOException($"The pipe could not be asked: {Marshal.GetLastPInvokeErrorMessage()}");
        return bytes;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, out int bytes);
}
