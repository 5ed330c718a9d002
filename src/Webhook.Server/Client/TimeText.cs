using System.Globalization;
using System.Text.RegularExpressions;

namespace Webhook.Server.Client;

/// <summary>A time that a user types: RFC 3339, as the API takes it, or how long ago: <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>3d</c>.</summary>
internal static partial class TimeText
{
    public const string Forms = "2026-11-24T10:00:00Z, or how long ago: 90s, 15m, 2h, 3d";

    /// <returns>As the API takes it; what is no length of time is left for the API to judge. null: none was given.</returns>
    public static string? Resolve(string? text, DateTimeOffset now)
    {
        if (text is null || Ago().Match(text) is not { Success: true } ago) return text;
        var count = double.Parse(ago.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        var seconds = count * ago.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86_400 };
        return now.AddSeconds(-seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?<count>[0-9]{1,5})(?<unit>[smhd])$", RegexOptions.CultureInvariant)]
    private static partial Regex Ago();
}
