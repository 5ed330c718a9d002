using System.Buffers.Binary;
using System.Text;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Keys of the store. Big endian, so that the order of the bytes is the order of the numbers.</summary>
internal static class StoreKeys
{
    /// <summary>u16 partition, i64 block sequence.</summary>
    public const int BlockSize = 10;

    /// <summary>i64 integration, u16 partition, and for a replay i64 its number.</summary>
    public const int CursorSize = 10;
    public const int LongCursorSize = 18;

    /// <summary>'k' and the key's hash, or 't', i64 time in milliseconds, and the hash.</summary>
    public const int IdempotencySize = 17;
    public const int IdempotencyTimeSize = 25;

    /// <summary>'t' or 'h', u16 partition, and for a hole its first block.</summary>
    public const int TrimSize = 3;
    public const int HoleSize = 11;

    /// <summary>i64 integration, u16 partition, i64 sequence.</summary>
    public const int DeadLetterSize = 18;

    /// <summary>'d', i64 integration.</summary>
    public const int DeadLetterCountSize = 9;

    /// <summary>i64 integration, i64 number.</summary>
    public const int AttemptSize = 16;

    /// <summary>In every family since its creation: a repair knows only families of which it finds a table.</summary>
    public static ReadOnlySpan<byte> Birthmark => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    // No integration's number is so large that its cursors' keys begin with it.
    private const byte MarkPrefix = (byte)'m';

    /// <summary>Where the copy of all cursors is.</summary>
    public static ReadOnlySpan<byte> CursorsCopy => "c"u8;

    public static void WriteBlock(Span<byte> key, int partition, long block)
    {
        BinaryPrimitives.WriteUInt16BigEndian(key, (ushort)partition);
        BinaryPrimitives.WriteInt64BigEndian(key[2..], block);
    }

    public static long ReadBlock(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[2..]);

    public static bool IsBlockOf(ReadOnlySpan<byte> key, int partition) =>
        key.Length == BlockSize && BinaryPrimitives.ReadUInt16BigEndian(key) == partition;

    /// <param name="buffer">Of <see cref="LongCursorSize"/>.</param>
    /// <returns>The part of it that is the key.</returns>
    public static ReadOnlySpan<byte> WriteCursor(Span<byte> buffer, CursorKey cursor)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer, cursor.Integration);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[8..], (ushort)cursor.Partition);
        BinaryPrimitives.WriteInt64BigEndian(buffer[CursorSize..], cursor.Replay);
        return cursor.Replay == 0 ? buffer[..CursorSize] : buffer;
    }

    public static CursorKey ReadCursor(ReadOnlySpan<byte> key) => new(
        BinaryPrimitives.ReadInt64BigEndian(key), BinaryPrimitives.ReadUInt16BigEndian(key[8..]),
        key.Length == CursorSize ? 0 : BinaryPrimitives.ReadInt64BigEndian(key[CursorSize..]));

    public static void WriteIdempotency(Span<byte> key, IdempotencyKey idempotency)
    {
        key[0] = (byte)'k';
        BinaryPrimitives.WriteUInt128BigEndian(key[1..], idempotency.Hash);
    }

    public static void WriteIdempotencyTime(Span<byte> key, IdempotencyRecord record)
    {
        key[0] = (byte)'t';
        BinaryPrimitives.WriteInt64BigEndian(key[1..], record.At.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt128BigEndian(key[9..], record.Key.Hash);
    }

    public static DateTimeOffset ReadIdempotencyTime(ReadOnlySpan<byte> key) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(key[1..]));

    public static IdempotencyKey ReadIdempotencyOfTime(ReadOnlySpan<byte> key) => new(BinaryPrimitives.ReadUInt128BigEndian(key[9..]));

    public static byte[] DeadLetter(long integration, DeadLetterId id)
    {
        var key = new byte[DeadLetterSize];
        BinaryPrimitives.WriteInt64BigEndian(key, integration);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(8), (ushort)id.Partition);
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(10), id.Sequence);
        return key;
    }

    public static DeadLetterId ReadDeadLetter(ReadOnlySpan<byte> key) =>
        new(BinaryPrimitives.ReadUInt16BigEndian(key[8..]), BinaryPrimitives.ReadInt64BigEndian(key[10..]));

    public static byte[] DeadLetterCount(long integration)
    {
        var key = new byte[DeadLetterCountSize];
        key[0] = (byte)'d';
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), integration);
        return key;
    }

    public static bool TryReadDeadLetterCount(ReadOnlySpan<byte> key, out long integration)
    {
        integration = 0;
        if (key.Length != DeadLetterCountSize || key[0] != (byte)'d') return false;
        integration = BinaryPrimitives.ReadInt64BigEndian(key[1..]);
        return true;
    }

    public static byte[] Attempt(long integration, long number)
    {
        var key = new byte[AttemptSize];
        BinaryPrimitives.WriteInt64BigEndian(key, integration);
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(8), number);
        return key;
    }

    public static long ReadAttempt(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[8..]);

    /// <summary>Of a dead letter or an attempt; false for the birthmark.</summary>
    public static bool TryReadIntegration(ReadOnlySpan<byte> key, int size, out long integration)
    {
        integration = 0;
        if (key.Length != size) return false;
        integration = BinaryPrimitives.ReadInt64BigEndian(key);
        return true;
    }

    /// <summary>'m', the input's name.</summary>
    public static byte[] Mark(string input) => [MarkPrefix, .. Encoding.UTF8.GetBytes(input)];

    /// <summary>Where all marks' keys lie.</summary>
    public static ReadOnlySpan<byte> FirstMark => [MarkPrefix];

    public static bool IsMark(ReadOnlySpan<byte> key) => key is [MarkPrefix, ..];

    public static string ReadMark(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key[1..]);

    public static void WriteTrim(Span<byte> key, int partition)
    {
        key[0] = (byte)'t';
        BinaryPrimitives.WriteUInt16BigEndian(key[1..], (ushort)partition);
    }

    public static void WriteHole(Span<byte> key, int partition, long firstBlock)
    {
        key[0] = (byte)'h';
        BinaryPrimitives.WriteUInt16BigEndian(key[1..], (ushort)partition);
        BinaryPrimitives.WriteInt64BigEndian(key[3..], firstBlock);
    }

    public static bool TryReadHole(ReadOnlySpan<byte> key, int partition, out long firstBlock)
    {
        firstBlock = 0;
        if (key.Length != HoleSize || key[0] != (byte)'h' || BinaryPrimitives.ReadUInt16BigEndian(key[1..]) != partition) return false;
        firstBlock = BinaryPrimitives.ReadInt64BigEndian(key[3..]);
        return true;
    }
}
