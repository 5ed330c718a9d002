using System.Buffers.Binary;
using System.IO.Hashing;

namespace Webhook.Server.Inputs.Following;

/// <summary>Up to where which file has been read: what the log remembers of a followed file.</summary>
/// <param name="PrefixLength">Bytes at the file's beginning that <paramref name="PrefixHash"/> is of: of a file that has the number of one that is gone they are others.</param>
/// <param name="ChangedAt">When the file had been written to last: what was rotated after it is newer.</param>
internal readonly record struct FollowedPlace(FileIdentity File, int PrefixLength, ulong PrefixHash, long Offset, long ChangedAt)
{
    public const int MaxPrefix = 256;

    // u8 version, u64 device, u64 inode, u16 prefix length, u64 prefix hash, i64 offset, i64 time; little endian.
    private const byte Version = 1;
    private const int Size = 43;

    /// <summary>Nothing has been read, and only what changes after this time is to be.</summary>
    public static FollowedPlace Before(long changedAt) => new(default, 0, Hash([]), 0, changedAt);

    public bool IsBefore => File == default;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), File.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(9), File.Inode);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(17), (ushort)PrefixLength);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(19), PrefixHash);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(27), Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(35), ChangedAt);
        return bytes;
    }

    /// <returns>null: it is of a version that is not known here.</returns>
    public static FollowedPlace? FromBytes(ReadOnlySpan<byte> bytes) => bytes is not [Version, ..] || bytes.Length != Size
        ? null
        : new FollowedPlace(
            new FileIdentity(BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..])),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[17..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[19..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[27..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[35..]));

    /// <summary>Whether this file begins as the one did, and is as long as was read of it: the same, or a copy.</summary>
    public bool BeginsLike(OpenFile file) => file.Status() is { } status && status.Size >= Offset && file.HashOf(PrefixLength) == PrefixHash;

    public static ulong Hash(ReadOnlySpan<byte> prefix) => XxHash3.HashToUInt64(prefix);
}
