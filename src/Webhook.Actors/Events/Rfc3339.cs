using System.Buffers.Text;

namespace Webhook.Actors.Events;

/// <summary>RFC 3339 times, strictly: <c>YYYY-MM-DD "T" hh:mm:ss [.fraction] ("Z" | ±hh:mm)</c>, the letters in either case.</summary>
/// <remarks>
/// Digits beyond nanoseconds are cut off. A leap second, which is only ever inserted at 23:59:60 UTC, has no number of its own in Unix time and is taken as
/// the last nanosecond before it. https://www.rfc-editor.org/rfc/rfc3339#section-5.6
/// </remarks>
internal static class Rfc3339
{
    private const int SecondsPerDay = 86_400;

    /// <param name="time">Negative seconds for a time before 1970.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventTimestamp time)
    {
        time = default;
        if (text.Length < 20
            || text[4] != (byte)'-' || text[7] != (byte)'-' || (text[10] | 0x20) != (byte)'t' || text[13] != (byte)':' || text[16] != (byte)':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;

        text = text[19..];
        if (!TryFraction(ref text, out var nanoseconds) || !TryOffset(text, out var offset)) return false;

        var days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var seconds = ((long)days * SecondsPerDay) + (hour * 3600) + (minute * 60) + second - offset;
        time = new EventTimestamp(seconds, nanoseconds);
        if (second < 60) return true;
        time = new EventTimestamp(seconds - 1, 999_999_999);
        return seconds % SecondsPerDay == 0;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, out int nanoseconds)
    {
        nanoseconds = 0;
        if (text[0] != (byte)'.') return true;
        text = text[1..];
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits <= 0) return false;
        for (var i = 0; i < 9; i++) nanoseconds = (nanoseconds * 10) + (i < digits ? text[i] - '0' : 0);
        text = text[digits..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length == 1) return (text[0] | 0x20) == (byte)'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != (byte)':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..6], out var minutes) || hours > 23 || minutes > 59)
            return false;
        seconds = ((hours * 3600) + (minutes * 60)) * (text[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        return text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && Utf8Parser.TryParse(text, out number, out _);
    }
}
