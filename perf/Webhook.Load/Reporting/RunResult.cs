using Webhook.Load.Measuring;

namespace Webhook.Load.Reporting;

/// <summary>All of a run: what results.json holds and the page shows.</summary>
/// <param name="Units">Of the metrics, by name.</param>
/// <param name="Failures">Requests without 2xx, by status or by what went wrong.</param>
/// <param name="MissingByIntegration">Empty when nothing is missing.</param>
/// <param name="Scenario">The file as it was, to repeat the run; empty for a run by options.</param>
internal sealed record RunResult(
    string Name,
    string Description,
    DateTimeOffset StartedAt,
    bool Passed,
    Machine Machine,
    TargetResult Target,
    LoadResult Load,
    IReadOnlyDictionary<string, double?> Metrics,
    IReadOnlyDictionary<string, Metric> Units,
    IReadOnlyList<ThresholdResult> Thresholds,
    IReadOnlyList<PhaseResult> Phases,
    IReadOnlyList<PercentilePoint> Percentiles,
    IReadOnlyList<Sample> Series,
    IReadOnlyDictionary<string, long> Failures,
    IReadOnlyList<long> MissingByIntegration,
    IReadOnlyList<string> Notes,
    string Scenario);

internal sealed record TargetResult(string Ingest, string Product, string? Process, int? ProcessId, bool IsDotNet);

internal sealed record LoadResult(int EventBytes, int EventsPerRequest, string Format, int Integrations);

/// <param name="Value">Null: not measured, which holds nothing.</param>
internal sealed record ThresholdResult(string Text, double? Value, bool Holds);

/// <param name="From">Seconds since the start of the run.</param>
/// <param name="AckHistogram">HdrHistogram V2, compressed, base64, microseconds.</param>
internal sealed record PhaseResult(
    string Name, double From, double To, bool IsMeasured, string Load, string Receiver, IReadOnlyDictionary<string, double?> Metrics, string AckHistogram, string EndToEndHistogram);

/// <summary>In milliseconds, over the measured phases.</summary>
internal sealed record PercentilePoint(double Percentile, double? Ack, double? EndToEnd);
