using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>A dead letter as it is stored, read in place.</summary>
/// <remarks>
/// Little endian: u8 version 1, i64 refused at (100 ns since the year 1, UTC), i64 accepted at (ns since 1970), i32 status or -1, i32 lengths of channel, reason, answer (-1: none) and event, these
/// four, u64 XXH3 of all before it.
/// </remarks>
internal readonly ref struct DeadLetterRecord
{
    private const byte Version = 1;
    private const int HeaderSize = 37;
    private const int ChecksumSize = 8;

    private readonly ReadOnlySpan<byte> _value;

    private DeadLetterRecord(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>As <see cref="DateTimeOffset.UtcTicks"/>.</summary>
    public long RefusedAt => BinaryPrimitives.ReadInt64LittleEndian(_value[1..]);

    private int? StatusCode => Number(17) is var status && status < 0 ? null : status;

    private ReadOnlySpan<byte> Channel => _value.Slice(HeaderSize, Number(21));

    private string Reason => Encoding.UTF8.GetString(_value.Slice(HeaderSize + Number(21), Number(25)));

    private string? Answer => Number(29) < 0 ? null : Encoding.UTF8.GetString(_value.Slice(HeaderSize + Number(21) + Number(25), Number(29)));

    private ReadOnlySpan<byte> Event => _value[^(ChecksumSize + Number(33))..^ChecksumSize];

    public static byte[] Write(DeadLetter letter)
    {
        var channel = Encoding.UTF8.GetBytes(letter.Channel);
        var reason = Encoding.UTF8.GetBytes(letter.Reason);
        var answer = letter.Answer is null ? null : Encoding.UTF8.GetBytes(letter.Answer);
        var value = new byte[HeaderSize + channel.Length + reason.Length + (answer?.Length ?? 0) + letter.Event.Length + ChecksumSize];
        value[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(1), letter.RefusedAt.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(9), letter.AcceptedAtNanoseconds);
        ReadOnlySpan<int> numbers = [letter.StatusCode ?? -1, channel.Length, reason.Length, answer?.Length ?? -1, letter.Event.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(17 + (4 * i)), numbers[i]);
        var at = HeaderSize;
        foreach (var part in (ReadOnlyMemory<byte>[])[channel, reason, answer, letter.Event])
        {
            part.Span.CopyTo(value.AsSpan(at));
            at += part.Length;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(at), XxHash3.HashToUInt64(value.AsSpan(0, at)));
        return value;
    }

    /// <returns>false: it is damaged.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> value, out DeadLetterRecord record)
    {
        record = new DeadLetterRecord(value);
        return value.Length >= HeaderSize + ChecksumSize
            && value[0] == Version
            && BinaryPrimitives.ReadUInt64LittleEndian(value[^ChecksumSize..]) == XxHash3.HashToUInt64(value[..^ChecksumSize])
            && value.Length == (long)HeaderSize + record.Number(21) + record.Number(25) + Math.Max(record.Number(29), 0) + record.Number(33) + ChecksumSize;
    }

    public bool Matches(DeadLetterFilter filter) =>
        (filter.Channel is not { } channel || Ascii.Equals(Channel, channel))
        && (filter.StatusCode is not { } status || StatusCode == status)
        && (filter.RefusedFrom is not { } from || RefusedAt >= from.UtcTicks)
        && (filter.RefusedUntil is not { } until || RefusedAt < until.UtcTicks)
        && (filter.Text is not { } text
            || Reason.Contains(text, StringComparison.OrdinalIgnoreCase) || Answer?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    public DeadLetter ToLetter(long integration, DeadLetterId id) => new(
        integration, id, Encoding.UTF8.GetString(Channel), Event.ToArray(), BinaryPrimitives.ReadInt64LittleEndian(_value[9..]), Reason, StatusCode, Answer,
        new DateTimeOffset(RefusedAt, TimeSpan.Zero));

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(_value[at..]);
}
