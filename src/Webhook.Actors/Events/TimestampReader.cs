using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>Reads an event's top-level <c>timestamp</c>: an integer whose unit is told by its size, or an RFC 3339 string.</summary>
internal static class TimestampReader
{
    private const int MaxDigits = 20;

    // The index holds the length in one byte. The longest useful string, every character escaped, is 212 bytes long.
    private const int MaxStringBytes = byte.MaxValue;

    /// <param name="key">As it is written, without quotes; <c>time\u0073tamp</c> is the same key.</param>
    public static bool IsKey(ReadOnlySpan<byte> key)
    {
        var name = "timestamp"u8;
        if (key.Length == name.Length) return key.SequenceEqual(name);
        if (key.Length < name.Length || key.Length > name.Length * 6 || !key.Contains((byte)'\\')) return false;

        Span<byte> plain = stackalloc byte[name.Length * 6];
        return TryUnescape(key, plain, out var length) && plain[..length].SequenceEqual(name);
    }

    /// <summary>Puts the place and value of the timestamp at <paramref name="reader"/> into <paramref name="found"/>.</summary>
    /// <param name="start">Where in the reader's bytes the event starts.</param>
    public static Fault? Read(ref Utf8JsonReader reader, int start, ref IncomingEvent found)
    {
        var offset = (int)reader.TokenStartIndex - start;
        var text = reader.ValueSpan;
        var form = TimestampForm.Rfc3339;
        EventTimestamp value;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when text[0] == (byte)'-':
                return Refuse(ref reader, "is negative; the earliest is 0");
            case JsonTokenType.Number when text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0:
                return Refuse(ref reader, "has a fraction or an exponent; send an integer");
            case JsonTokenType.Number when text.Length > MaxDigits:
                return Refuse(ref reader, "has more than 20 digits, the limit");
            case JsonTokenType.Number:
                (form, value) = FromInteger(text);
                found = found with { TimestampOffset = offset, TimestampLength = (byte)text.Length, TimestampForm = form, Timestamp = value };
                return null;
            case JsonTokenType.String when text.Length + 2 > MaxStringBytes:
                return Refuse(ref reader, "is a string of more than 253 bytes, the limit");
            case JsonTokenType.String:
                Span<byte> plain = stackalloc byte[MaxStringBytes];
                if (!TryUnescape(text, plain, out var length) || !Rfc3339.TryParse(plain[..length], out value))
                    return Refuse(ref reader, "is not an RFC 3339 time such as 2026-01-31T23:59:59.123456789Z");
                if (value.Seconds < 0) return Refuse(ref reader, "is before 1970, the earliest");
                found = found with { TimestampOffset = offset, TimestampLength = (byte)(text.Length + 2), TimestampForm = form, Timestamp = value };
                return null;
            default:
                return new Fault(
                    IngestFault.Timestamp,
                    $"has a timestamp that is {EventScanner.Describe(reader.TokenType)}; send an integer or an RFC 3339 string, or leave it out");
        }
    }

    /// <param name="digits">1 to 20, the first not 0 unless alone.</param>
    public static (TimestampForm Form, EventTimestamp Value) FromInteger(ReadOnlySpan<byte> digits)
    {
        // JSON knows no leading zeros: at least 10^17 is at least 18 digits.
        var (form, decimals, scale) = digits.Length switch
        {
            >= 18 => (TimestampForm.Nanoseconds, 9, 1),
            >= 15 => (TimestampForm.Microseconds, 6, 1_000),
            >= 12 => (TimestampForm.Milliseconds, 3, 1_000_000),
            _ => (TimestampForm.Seconds, 0, 0),
        };
        var seconds = long.Parse(digits[..^decimals], NumberStyles.None, CultureInfo.InvariantCulture);
        var rest = decimals == 0 ? 0 : int.Parse(digits[^decimals..], NumberStyles.None, CultureInfo.InvariantCulture);
        return (form, new EventTimestamp(seconds, rest * scale));
    }

    /// <summary>Undoes <c>\u00XX</c>; false for other escapes, none of which stands for a character of a key or a time that is looked for here.</summary>
    /// <remarks>The library's own unescaping throws on half a surrogate pair, which any key may hold and a producer may send by the thousand.</remarks>
    private static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> plain, out int length)
    {
        length = 0;
        while (!text.IsEmpty)
        {
            var next = text[0];
            var taken = 1;
            if (next == (byte)'\\')
            {
                taken = 6;
                if (text[1] != (byte)'u' || !Utf8Parser.TryParse(text[2..6], out ushort code, out _, 'x') || code > 0x7F) return false;
                next = (byte)code;
            }

            plain[length++] = next;
            text = text[taken..];
        }

        return true;
    }

    private static Fault Refuse(ref Utf8JsonReader reader, string why)
    {
        var excerpt = Excerpt.Of(reader.ValueSpan);
        if (reader.TokenType == JsonTokenType.String) excerpt = $"\"{excerpt}\"";
        return new Fault(IngestFault.Timestamp, $"has the timestamp {excerpt}, which {why}");
    }
}
