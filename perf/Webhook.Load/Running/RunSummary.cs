using System.Globalization;
using HdrHistogram;
using Webhook.Load.Generating;
using Webhook.Load.Latencies;
using Webhook.Load.Measuring;
using Webhook.Load.Receiving;
using Webhook.Load.Reporting;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>Turns what was seen into the result: figures, thresholds, tables for the page.</summary>
internal static class RunSummary
{
    private static readonly double[] Curve = [.. Percentiles()];

    public static RunResult Create(Scenario scenario, RunRecord run, TargetResult target, DateTimeOffset startedAt)
    {
        var phases = run.Phases.Select((phase, i) => Phase(run, phase, i)).ToList();
        var (ack, endToEnd) = (Measured(run, run.Ack), Measured(run, run.EndToEnd));
        var metrics = Totals(run, ack, endToEnd);
        var thresholds = scenario.Thresholds.Select(threshold =>
        {
            var value = (threshold.Phase is { } name ? phases.First(phase => phase.Name == name).Metrics : metrics).GetValueOrDefault(threshold.Metric);
            return new ThresholdResult(threshold.Text, value, threshold.Holds(value));
        }).ToList();
        return new RunResult(
            scenario.Name, scenario.Description, startedAt, thresholds.All(threshold => threshold.Holds), Machine.Read(), target,
            new LoadResult(scenario.Events.Bytes, scenario.Events.PerRequest, scenario.Events.Format.ToString().ToLowerInvariant(), scenario.Integrations.Count),
            metrics, Metrics.All, thresholds, phases,
            [.. Curve.Select(p => new PercentilePoint(p, At(ack, p), At(endToEnd, p)))],
            run.Timeline.Samples, Failures(run), run.Verdict.Missing > 0 ? run.Verdict.MissingByIntegration : [], Notes(run), scenario.Text);
    }

    private static PhaseResult Phase(RunRecord run, PhaseRecord phase, int index)
    {
        var metrics = new Dictionary<string, double?>();
        RunMetrics.AddSending(metrics, [phase.Counts], phase.Setting.Load.IsSilent ? 0 : phase.Seconds);
        metrics["delivered"] = phase.To.Receiver.Distinct - phase.From.Receiver.Distinct;
        metrics["deliveries"] = metrics["delivered"] / phase.Seconds;
        RunMetrics.AddLatency(metrics, "ack", run.Ack[index]);
        RunMetrics.AddLatency(metrics, "e2e", run.EndToEnd[index]);
        RunMetrics.AddLateness(metrics, run.Lateness[index]);
        var samples = run.Timeline.Samples.Where(sample => sample.Phase == index).ToList();
        RunMetrics.AddUse(metrics, phase.From, phase.To, samples);
        metrics["backlog_peak"] = samples.Max(sample => (double?)sample.Backlog);
        return new PhaseResult(
            phase.Setting.Name, run.Timeline.SecondsAt(phase.From.At), run.Timeline.SecondsAt(phase.To.At), phase.Setting.IsMeasured, Describe(phase.Setting.Load), Describe(phase.Setting.Receiver),
            metrics, EncodedHistogram.Encode(run.Ack[index]), EncodedHistogram.Encode(run.EndToEnd[index]));
    }

    private static Dictionary<string, double?> Totals(RunRecord run, HistogramBase ack, HistogramBase endToEnd)
    {
        var metrics = new Dictionary<string, double?>();
        var sending = run.Phases.Where(phase => phase.IsSendingMeasured).ToList();
        RunMetrics.AddSending(metrics, [.. run.Phases.Select(phase => phase.Counts)], 0);
        metrics["throughput"] = Rate(sending.Sum(phase => phase.Counts.Acknowledged), sending.Sum(phase => phase.Seconds));
        metrics["request_rate"] = Rate(sending.Sum(phase => phase.Counts.Requests), sending.Sum(phase => phase.Seconds));
        RunMetrics.AddLatency(metrics, "ack", ack);
        RunMetrics.AddLatency(metrics, "e2e", endToEnd);
        RunMetrics.AddLateness(metrics, Measured(run, run.Lateness));

        var begin = run.Phases.FirstOrDefault(phase => phase.Setting.IsMeasured)?.From ?? run.Phases[0].From;
        var samples = run.Timeline.Samples.Where(sample => sample.At >= run.Timeline.SecondsAt(begin.At)).ToList();
        RunMetrics.AddUse(metrics, begin, run.Drained, samples);
        metrics["delivered"] = run.Final.Distinct;
        metrics["deliveries"] = Rate(run.Final.Distinct - begin.Receiver.Distinct, (run.Final.LastArrival - begin.At) / 1e6);
        metrics["batch_events"] = Rate(run.Final.Distinct + run.Final.Duplicates, run.Final.Requests);
        var lastSent = (run.Phases.LastOrDefault(phase => !phase.Setting.Load.IsSilent) ?? run.Phases[^1]).To;
        metrics["drain"] = Math.Max(0, (run.Final.LastArrival - lastSent.At) / 1e6);
        metrics["drain_rate"] = Rate(run.Final.Distinct - lastSent.Receiver.Distinct, metrics["drain"]!.Value);
        metrics["backlog_peak"] = samples.Max(sample => (double?)sample.Backlog);
        metrics["missing"] = run.Verdict.Missing;
        metrics["unacknowledged"] = run.Verdict.Unacknowledged;
        metrics["duplicates"] = run.Final.Duplicates;
        metrics["reordered"] = run.Final.Reordered;
        return metrics;
    }

    private static List<string> Notes(RunRecord run)
    {
        var notes = new List<string>();
        if (run.Final.UnknownEncoding is { } encoding) notes.Add($"The receiver answered 415: it does not read the content encoding '{encoding}'; it reads gzip, deflate, br and plain bodies.");
        if (run.Final.Strays > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"Deliveries without an event of this run, samples of a test or what was left of an earlier run: {run.Final.Strays:N0}."));
        if (run.Phases.Any(phase => phase.From.Process is not null && phase.To.Process is null)) notes.Add("The program under test ended within the run.");
        return notes;
    }

    private static Dictionary<string, long> Failures(RunRecord run) => run.Phases
        .SelectMany(phase => phase.Counts.Failures)
        .GroupBy(failure => failure.Key)
        .ToDictionary(group => group.Key, group => group.Sum(failure => failure.Value));

    private static LongHistogram Measured(RunRecord run, IReadOnlyList<LongHistogram> byPhase) => RunMetrics.Sum(byPhase.Take(run.Phases.Count).Where((_, i) => run.Phases[i].IsSendingMeasured));

    private static double? Rate(double count, double per) => per > 0 ? count / per : null;

    private static double? At(HistogramBase latencies, double percentile) => latencies.TotalCount == 0 ? null : latencies.GetValueAtPercentile(percentile) / 1e3;

    private static string Describe(PhaseLoad load) => load switch
    {
        { IsSilent: true } => "nothing",
        { Rate: null } => string.Create(CultureInfo.InvariantCulture, $"closed loop, {load.Connections} connections"),
        { Rate: { From: var from, To: var to } } when from.Equals(to) => string.Create(CultureInfo.InvariantCulture, $"{from:N0} events/s{Bursts(load)}"),
        { Rate: { From: var from, To: var to } } => string.Create(CultureInfo.InvariantCulture, $"{from:N0} to {to:N0} events/s{Bursts(load)}"),
    };

    private static string Bursts(PhaseLoad load) => load.Burst > 0 ? string.Create(CultureInfo.InvariantCulture, $" in bursts of {load.Burst:N0}") : "";

    private static string Describe(Fault fault)
    {
        if (fault.Down) return "down";
        string?[] parts =
        [
            fault.DelayMs > 0 ? string.Create(CultureInfo.InvariantCulture, $"{fault.DelayMs} ms late") : null,
            fault.Status > 0 ? string.Create(CultureInfo.InvariantCulture, $"answers {fault.Status}") : null,
            fault.Share < 1 ? string.Create(CultureInfo.InvariantCulture, $"{fault.Share:P0} of the requests") : null,
            fault.Refuse ? "refuses poison" : null,
            fault.Integrations > 0 ? string.Create(CultureInfo.InvariantCulture, $"only {fault.Integrations} integrations") : null,
        ];
        return parts.Any(part => part is not null) ? string.Join(", ", parts.Where(part => part is not null)) : "takes everything";
    }

    // 0, 10, … 90, 91, … 99, 99.1, … each power of ten nearer to 100 in the same steps.
    private static IEnumerable<double> Percentiles()
    {
        for (var rest = 100.0; rest > 0.001; rest /= 10)
        {
            for (var step = 0; step < 9; step++) yield return Math.Round(100 - rest + (rest * step / 10), 6);
        }
    }
}
