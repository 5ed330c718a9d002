namespace Webhook.Load.Measuring;

/// <param name="Unit">As it stands behind the value.</param>
internal sealed record Metric(string Unit, string Description)
{
    public bool IsDuration => Unit is "ms" or "s";
}

/// <summary>Every figure of a run, under the name that thresholds, results and the page use.</summary>
internal static class Metrics
{
    /// <summary>Of acknowledgements and deliveries alike.</summary>
    public static readonly IReadOnlyList<(string Name, double Percentile)> Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)];

    public static readonly IReadOnlyDictionary<string, Metric> All = new Dictionary<string, Metric>
    {
        ["throughput"] = new("events/s", "Events acknowledged a second."),
        ["deliveries"] = new("events/s", "Events delivered a second, all integrations together, until the last one has come."),
        ["request_rate"] = new("requests/s", "Requests acknowledged a second."),
        ["sent"] = new("events", "Events sent."),
        ["acknowledged"] = new("events", "Events answered with 2xx."),
        ["unsent"] = new("events", "Events that were due and could not be sent in their phase, as every connection waited for an answer."),
        ["failed"] = new("requests", "Requests answered without 2xx, or not at all."),
        ["delivered"] = new("events", "Different events delivered, all integrations together."),
        ["missing"] = new("events", "Acknowledged and never delivered, all integrations together; what a receiver refuses for good is not expected."),
        ["duplicates"] = new("events", "Deliveries of what had come already."),
        ["reordered"] = new("events", "Events that came after a later one of the same sender."),
        ["unacknowledged"] = new("events", "Delivered although never acknowledged."),
        ["batch_events"] = new("events", "Events of a delivery, on average."),
        ["drain"] = new("s", "From the end of the last phase that sent anything to the last delivery."),
        ["drain_rate"] = new("events/s", "Events delivered a second in that time: how fast a backlog goes."),
        ["backlog_peak"] = new("events", "Most events acknowledged and not yet delivered, all integrations together."),
        ["late.p99"] = new("ms", "How late the tool sent what was due: its connections were too few, or it had too little CPU."),
        ["process.cpu"] = new("cores", "CPU of the program under test."),
        ["process.cpu_per_million"] = new("s", "CPU seconds of the program under test for a million events acknowledged."),
        ["process.cpu_per_million_deliveries"] = new("s", "The same for a million events delivered."),
        ["process.rss_peak"] = new("bytes", "Largest resident memory seen in the run."),
        ["process.written"] = new("bytes", "Bytes it sent to block devices."),
        ["process.written_per_event"] = new("bytes", "The same for an event acknowledged."),
        ["process.syncs"] = new("syncs", "Syncs of its log, by its own metric."),
        ["process.allocated_per_event"] = new("bytes", ".NET: managed bytes allocated for an event acknowledged."),
        ["process.gc_pause"] = new("%", ".NET: time spent in garbage collection."),
        ["tool.cpu"] = new("cores", "CPU of this tool, generator and (in the same process) receiver."),
        ["machine.cpu"] = new("cores", "Busy cores of the machine, whoever keeps them busy."),
    }
    .Concat(Percentiles.SelectMany(p => (KeyValuePair<string, Metric>[])
    [
        new($"ack.{p.Name}", new("ms", "From when a request is due to its acknowledgement.")),
        new($"e2e.{p.Name}", new("ms", "From when an event is due to its arrival at the receiver.")),
    ]))
    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
    .ToDictionary();
}
