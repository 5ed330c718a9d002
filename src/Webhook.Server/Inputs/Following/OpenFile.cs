using Microsoft.Win32.SafeHandles;

namespace Webhook.Server.Inputs.Following;

/// <summary>A file that is being read, under whatever name it has meanwhile.</summary>
internal sealed class OpenFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private int _prefixLength;
    private ulong _prefixHash = FollowedPlace.Hash([]);

    private OpenFile(string path, SafeFileHandle handle, FileStatus status)
    {
        Path = path;
        _handle = handle;
        Identity = status.Identity;
    }

    /// <summary>Where it was when it was opened.</summary>
    public string Path { get; }

    public FileIdentity Identity { get; }

    /// <returns>null: there is no regular file.</returns>
    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: it cannot be opened.</exception>
    public static OpenFile? TryOpen(string path)
    {
        SafeFileHandle handle;
        try
        {
            // A pipe would hold up whoever opens it.
            if (FileStatus.Of(path) is null) return null;
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (FileStatus.Of(handle) is { } status) return new OpenFile(path, handle, status);
        handle.Dispose();
        return null;
    }

    public FileStatus? Status() => FileStatus.Of(_handle);

    /// <returns>0 at its end.</returns>
    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    /// <summary>Of its first bytes, as they are now.</summary>
    public ulong HashOf(int length)
    {
        Span<byte> prefix = stackalloc byte[FollowedPlace.MaxPrefix];
        var read = 0;
        while (read < length && RandomAccess.Read(_handle, prefix[read..length], read) is var more and > 0) read += more;
        return FollowedPlace.Hash(prefix[..read]);
    }

    /// <summary>The place at which everything before <paramref name="offset"/> has been read.</summary>
    public FollowedPlace PlaceAt(long offset)
    {
        var length = (int)Math.Min(offset, FollowedPlace.MaxPrefix);
        if (length != _prefixLength) (_prefixLength, _prefixHash) = (length, HashOf(length));
        return new FollowedPlace(Identity, _prefixLength, _prefixHash, offset, Status()?.ChangedAt ?? 0);
    }

    /// <summary>It begins anew: what was remembered of its beginning is of what it was.</summary>
    public void ForgetPrefix() => (_prefixLength, _prefixHash) = (0, FollowedPlace.Hash([]));

    public void Dispose() => _handle.Dispose();
}
