using System.Globalization;
using Webhook.Load.Measuring;

namespace Webhook.Load.Reporting;

/// <summary>Figures as people read them; a dash for what was not measured.</summary>
internal static class Figures
{
    private const string None = "–";

    public static string Milliseconds(double? value) => value switch
    {
        null => None,
        < 10 => Text($"{value:F2} ms"),
        < 1000 => Text($"{value:F0} ms"),
        _ => Text($"{value / 1e3:F1} s"),
    };

    public static string Cores(double? value) => value is null ? None : Text($"{value:F2}");

    public static string Bytes(double? value) => value switch
    {
        null => None,
        < 10e3 => Text($"{value:F0} B"),
        < 10e6 => Text($"{value / 1e3:F0} kB"),
        < 10e9 => Text($"{value / 1e6:F0} MB"),
        _ => Text($"{value / 1e9:F1} GB"),
    };

    public static string Of(double? value, Metric metric) => (value, metric.Unit) switch
    {
        (null, _) => "not measured",
        (_, "ms") => Milliseconds(value),
        (_, "bytes") => Bytes(value),
        (_, "s" or "cores" or "%") => Text($"{value:F2} {metric.Unit}"),
        _ => Text($"{value:N0} {metric.Unit}"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
