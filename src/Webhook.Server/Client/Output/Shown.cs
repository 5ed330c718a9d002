using System.Globalization;

namespace Webhook.Server.Client.Output;

/// <summary>How values look to people. Text that comes from elsewhere (names, answers of receivers) goes through <see cref="Clean"/>.</summary>
internal static class Shown
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>One line without control characters: what a receiver answers must not steer a terminal.</summary>
    public static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++) to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }) : text;

    public static string Time(DateTime? time) => time is { } at ? at.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    public static string Number(double? value) => value switch
    {
        null => "",
        < 10 => Math.Round(value.Value, 1).ToString(CultureInfo.InvariantCulture),
        _ => Math.Round(value.Value).ToString(CultureInfo.InvariantCulture),
    };

    public static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    public static string Milliseconds(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    public static string Age(TimeSpan? age) => age switch
    {
        null => "",
        { TotalSeconds: < 0.05 } => "0 s",
        { TotalSeconds: < 10 } a => string.Create(CultureInfo.InvariantCulture, $"{a.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } a => string.Create(CultureInfo.InvariantCulture, $"{a.TotalSeconds:0} s"),
        { TotalHours: < 1 } a => string.Create(CultureInfo.InvariantCulture, $"{a.Minutes} m {a.Seconds} s"),
        { TotalDays: < 1 } a => string.Create(CultureInfo.InvariantCulture, $"{a.Hours} h {a.Minutes} m"),
        { } a => string.Create(CultureInfo.InvariantCulture, $"{a.Days} d {a.Hours} h"),
    };

    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1000 && unit < Units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? value : Math.Round(value, value < 10 ? 1 : 0))} {Units[unit]}");
    }

    public static string YesNo(bool value) => value ? "yes" : "no";
}
