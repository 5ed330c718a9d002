using HdrHistogram;

namespace Webhook.Load.Latencies;

/// <summary>
/// Latencies by the phase in which the event was due (not by when the answer came: what a phase did to its events shows in that phase), and of the last moment for the course of the run.
/// </summary>
internal sealed class PhasedLatencies
{
    private readonly Lock _gate = new();
    private readonly List<(long From, LongHistogram Latencies)> _phases = [];
    private readonly LongHistogram _interval = LatencyHistogram.Create();

    /// <summary>What is due from this time on belongs to a new phase; what was due before the first phase is not recorded.</summary>
    public void Begin(long from)
    {
        lock (_gate) _phases.Add((from, LatencyHistogram.Create()));
    }

    public void Record(long due, long now, long count)
    {
        var latency = Math.Clamp(now - due, 1, LatencyHistogram.LongestMicros);
        lock (_gate)
        {
            for (var i = _phases.Count - 1; i >= 0; i--)
            {
                if (due < _phases[i].From) continue;
                _phases[i].Latencies.RecordValueWithCount(latency, count);
                _interval.RecordValueWithCount(latency, count);
                return;
            }
        }
    }

    /// <summary>Of what was recorded since the last call.</summary>
    public IntervalLatency TakeInterval()
    {
        lock (_gate)
        {
            var taken = _interval.TotalCount == 0
                ? IntervalLatency.None
                : new IntervalLatency(_interval.GetValueAtPercentile(50) / 1e3, _interval.GetValueAtPercentile(99) / 1e3);
            _interval.Reset();
            return taken;
        }
    }

    public IReadOnlyList<LongHistogram> Phases()
    {
        lock (_gate) return [.. _phases.Select(p => (LongHistogram)p.Latencies.Copy())];
    }
}

/// <summary>In milliseconds; null when nothing was measured.</summary>
internal sealed record IntervalLatency(double? P50, double? P99)
{
    public static readonly IntervalLatency None = new(null, null);
}
