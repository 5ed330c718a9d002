using System.Globalization;
using Webhook.Load.Measuring;

namespace Webhook.Load.Reporting;

/// <summary>What is left on the screen when a run is over.</summary>
internal static class ClosingLines
{
    public static IEnumerable<string> Of(RunResult result)
    {
        var m = result.Metrics;
        yield return "";
        yield return Line("sent", $"{Count("acknowledged")} of {Count("sent")} events acknowledged; {Count("failed")} requests failed, {Count("unsent")} events unsent");
        yield return Line("", $"{Count("throughput")} events/s; acknowledgement {Latency("ack")}");
        yield return Line("delivered", $"{Count("delivered")} events, {Count("batch_events")} a request; {Count("missing")} missing, {Count("duplicates")} duplicates, {Count("reordered")} out of order");
        yield return Line("", $"{Count("deliveries")} events/s; end to end {Latency("e2e")}; the last {m.GetValueOrDefault("drain") ?? 0:F2} s after the last was sent");
        if (m.ContainsKey("process.cpu"))
        {
            yield return Line("process", $"{Value("process.cpu")}, {Value("process.cpu_per_million")} a million events, {Value("process.cpu_per_million_deliveries")} a million deliveries; peak RSS {Value("process.rss_peak")}");
            string?[] more = [Measured("process.written", "written"), Measured("process.syncs"), Measured("process.allocated_per_event", "allocated an event"), Measured("process.gc_pause", "of the time in GC")];
            if (more.Any(text => text is not null)) yield return Line("", $"{string.Join(", ", more.Where(text => text is not null))}");
        }

        yield return Line("machine", $"{Value("machine.cpu")} busy, {Value("tool.cpu")} of them this tool; {result.Machine}");
        foreach (var (reason, count) in result.Failures) yield return Line("failed", $"{count:N0} × {reason}");
        foreach (var note in result.Notes) yield return Line("note", $"{note}");
        yield return "";
        foreach (var threshold in result.Thresholds)
        {
            var metric = result.Units[threshold.Text.Split('/')[^1].Split(' ', '<', '>', '=')[0]];
            yield return $"{(threshold.Holds ? "passed" : "FAILED")}     {threshold.Text}: {Figures.Of(threshold.Value, metric)}";
        }

        string Value(string name) => Figures.Of(m.GetValueOrDefault(name), result.Units[name]);
        string? Measured(string name, string what = "") => m.GetValueOrDefault(name) is null ? null : $"{Value(name)} {what}".TrimEnd();
        string Count(string name) => (m.GetValueOrDefault(name) ?? 0).ToString("N0", CultureInfo.InvariantCulture);
        string Latency(string name) => string.Join(", ", Metrics.Percentiles.Where(p => p.Name is "p50" or "p99" or "p99.9").Select(p => $"{p.Name} {Figures.Milliseconds(m.GetValueOrDefault($"{name}.{p.Name}"))}"));
    }

    private static string Line(string name, FormattableString text) => $"{name,-10} {text.ToString(CultureInfo.InvariantCulture)}";
}
