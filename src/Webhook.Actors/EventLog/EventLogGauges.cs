using System.Diagnostics.Metrics;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog;

/// <summary>The log's size and age at <c>/metrics</c>, by partition.</summary>
internal static class EventLogGauges
{
    public static void Observe(WebhookMetrics metrics, IEventLog log, TimeProvider time)
    {
        metrics.Observe("log_bytes", "bytes", "Bytes of the blocks kept.", () => Each(log, static b => b.Bytes));
        metrics.Observe("log_events", "events", "Events kept.", () => Each(log, static b => b.Events));
        metrics.Observe(
            "log_oldest_seconds", "s", "Age of the oldest block kept; 0 when the log is empty.",
            () => Each(log, b => b.OldestAppendedAt is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0));
    }

    private static IEnumerable<Measurement<double>> Each(IEventLog log, Func<LogBounds, double> read)
    {
        for (var partition = 0; partition < log.Partitions; partition++)
            yield return new Measurement<double>(read(log.Bounds(partition)), new KeyValuePair<string, object?>("partition", partition));
    }
}
