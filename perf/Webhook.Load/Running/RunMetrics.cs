using HdrHistogram;
using Webhook.Load.Generating;
using Webhook.Load.Latencies;
using Webhook.Load.Measuring;

namespace Webhook.Load.Running;

/// <summary>Figures out of differences, by the names in <see cref="Metrics"/>. What was not measured is not in them.</summary>
internal static class RunMetrics
{
    public static void AddSending(Dictionary<string, double?> metrics, IReadOnlyCollection<SendCounts> counts, double seconds)
    {
        metrics["sent"] = counts.Sum(c => c.Sent);
        metrics["acknowledged"] = counts.Sum(c => c.Acknowledged);
        metrics["unsent"] = counts.Sum(c => c.Unsent);
        metrics["failed"] = counts.Sum(c => c.Failures.Values.Sum());
        if (seconds <= 0) return;
        metrics["throughput"] = counts.Sum(c => c.Acknowledged) / seconds;
        metrics["request_rate"] = counts.Sum(c => c.Requests) / seconds;
    }

    public static void AddLatency(Dictionary<string, double?> metrics, string name, HistogramBase latencies)
    {
        if (latencies.TotalCount == 0) return;
        foreach (var (suffix, percentile) in Metrics.Percentiles) metrics[$"{name}.{suffix}"] = latencies.GetValueAtPercentile(percentile) / 1e3;
    }

    public static void AddLateness(Dictionary<string, double?> metrics, HistogramBase lateness)
    {
        if (lateness.TotalCount > 0) metrics["late.p99"] = lateness.GetValueAtPercentile(99) / 1e3;
    }

    /// <summary>The program under test, the tool and the machine between two observations.</summary>
    public static void AddUse(Dictionary<string, double?> metrics, Observation from, Observation to, IEnumerable<Sample> samples)
    {
        var seconds = (to.At - from.At) / 1e6;
        var (acknowledged, delivered) = (to.Acknowledged - from.Acknowledged, to.Receiver.Distinct - from.Receiver.Distinct);
        Add("tool.cpu", (to.Tool - from.Tool).TotalSeconds / seconds);
        Add("machine.cpu", (to.Machine - from.Machine)?.TotalSeconds / seconds);
        var cpu = (to.Process?.Cpu - from.Process?.Cpu)?.TotalSeconds;
        Add("process.cpu", cpu / seconds);
        Add("process.cpu_per_million", Per(cpu * 1e6, acknowledged));
        Add("process.cpu_per_million_deliveries", Per(cpu * 1e6, delivered));
        Add("process.rss_peak", samples.Max(sample => sample.RssBytes));
        var written = to.Process?.WrittenBytes - from.Process?.WrittenBytes;
        Add("process.written", written);
        Add("process.written_per_event", Per(written, acknowledged));
        Add("process.syncs", to.Syncs - from.Syncs);
        Add("process.allocated_per_event", Per(to.Allocated - from.Allocated, acknowledged));
        Add("process.gc_pause", samples.Average(sample => sample.GcPercent));

        void Add(string name, double? value)
        {
            if (value is { } measured && double.IsFinite(measured)) metrics[name] = value;
        }
    }

    public static LongHistogram Sum(IEnumerable<HistogramBase> histograms)
    {
        var sum = LatencyHistogram.Create();
        foreach (var histogram in histograms) sum.Add(histogram);
        return sum;
    }

    private static double? Per(double? value, long count) => count == 0 ? null : value / count;
}
