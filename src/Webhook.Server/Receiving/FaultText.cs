using System.Globalization;

namespace Webhook.Server.Receiving;

/// <summary>Reads what the options of faults say. Each method answers null and the value, or why the text cannot be read.</summary>
internal static class FaultText
{
    // Longer than any sender waits.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary><c>fail = status [":" (share / "first=" count)]</c></summary>
    public static string? TryReadFail(string text, out FailRule rule)
    {
        rule = new FailRule(0, 1, null, text);
        var (head, tail) = Split(text, ":");
        if (!int.TryParse(head, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 300 or > 599)
            return $"--fail {text}: '{head}' is not a status between 300 and 599; write it as 503:10% or 500:first=3.";
        rule = rule with { Status = status };
        if (tail is null) return null;
        if (tail.StartsWith("first=", StringComparison.Ordinal) && int.TryParse(tail[6..], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0)
        {
            rule = rule with { First = first };
            return null;
        }

        if (TryReadShare(tail) is not { } share) return $"--fail {text}: '{tail}' is neither a share like 10% nor a number of requests like first=3.";
        rule = rule with { Share = share };
        return null;
    }

    /// <summary><c>delay = duration [".." duration]</c>, <c>duration = number ("ms" / "s")</c></summary>
    public static string? TryReadDelay(string text, out (TimeSpan From, TimeSpan To) delay)
    {
        var (from, to) = Split(text, "..");
        delay = (TryReadDuration(from) ?? TimeSpan.MinValue, TryReadDuration(to ?? from) ?? TimeSpan.MinValue);
        return delay.From >= TimeSpan.Zero && delay.To >= delay.From && delay.To <= LongestDelay
            ? null
            : $"--delay {text}: write it as 200ms, 2s or 50ms..2s, the shorter one first, at most {LongestDelay.TotalHours:0} h.";
    }

    public static string? TryReadReset(string text, out double share)
    {
        share = TryReadShare(text) ?? 0;
        return TryReadShare(text) is null ? $"--reset {text}: write it as a share of the requests, 0% to 100%." : null;
    }

    private static double? TryReadShare(string text) =>
        text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100
            ? percent / 100
            : null;

    private static TimeSpan? TryReadDuration(string text)
    {
        var (number, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : text.EndsWith('s') ? (text[..^1], 1.0) : ("", 0);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < 1e9
            ? TimeSpan.FromSeconds(value * unit)
            : null;
    }

    private static (string Head, string? Tail) Split(string text, string by) =>
        text.IndexOf(by, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + by.Length)..]) : (text, null);
}
