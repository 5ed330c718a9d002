using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The sample alerts, one line each.</summary>
internal static class SampleEvents
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. Sample.Alerts.Select(name => OneLine(Text(name))),
        .. Text(Sample.Burst).Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>The event with a timestamp in nanoseconds in front, so that it must arrive exactly as it was sent.</summary>
    public static string WithTimestamp(this string json, long nanoseconds) => $"{{\"timestamp\":{nanoseconds},{json.TrimStart()[1..]}";

    private static string Text(string name) => System.Text.Encoding.UTF8.GetString(Sample.Read(name)).Trim();

    /// <summary>Pretty-printed samples cannot be lines of NDJSON as they are; everything but the white space between tokens is kept.</summary>
    private static string OneLine(string json) => string.Concat(json.Split('\n').Select(line => line.Trim()));
}
