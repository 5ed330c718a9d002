using System.Globalization;

namespace Webhook.Load.Scenarios;

/// <summary>Numbers with a unit behind them: <c>300k</c>, <c>250MB</c>, <c>50ms</c>.</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, double> Factors = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["k"] = 1e3,
        ["M"] = 1e6,
        ["G"] = 1e9,
        ["kB"] = 1e3,
        ["MB"] = 1e6,
        ["GB"] = 1e9,
        ["%"] = 1,
    };

    // In milliseconds.
    private static readonly Dictionary<string, double> Durations = new(StringComparer.Ordinal)
    {
        ["us"] = 1e-3,
        ["µs"] = 1e-3,
        ["ms"] = 1,
        ["s"] = 1e3,
        ["m"] = 60e3,
        ["h"] = 3600e3,
    };

    public static bool TryNumber(string text, out double value) => TryRead(text, Factors, out value);

    public static bool TryMilliseconds(string text, out double value) => TryRead(text, Durations, out value);

    private static bool TryRead(string text, Dictionary<string, double> units, out double value)
    {
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµ%");
        var unit = text[digits.Length..];
        value = 0;
        if (!units.TryGetValue(unit, out var factor) || !double.TryParse(digits.Trim().ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return false;
        value *= factor;
        return true;
    }
}
