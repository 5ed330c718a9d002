using Webhook.Load.Measuring;

namespace Webhook.Load.Running;

/// <summary>Makes the course of a run out of observations.</summary>
internal sealed class RunTimeline
{
    // Rates over less than this are noise.
    private const double ShortestSeconds = 0.2;

    private readonly List<Sample> _samples = [];
    private Observation? _last;
    private long _start;

    public IReadOnlyList<Sample> Samples => _samples;

    public double SecondsAt(long micros) => (micros - _start) / 1e6;

    /// <returns>Null when too little time has gone by.</returns>
    public Sample? Add(Observation now, int phase, int integrations, double? ackP50, double? ackP99)
    {
        if (_last is not { } last)
        {
            (_last, _start) = (now, now.At);
            return null;
        }

        var seconds = (now.At - last.At) / 1e6;
        if (seconds < ShortestSeconds) return null;
        var sample = new Sample(
            SecondsAt(now.At), phase,
            (now.Sent - last.Sent) / seconds,
            (now.Acknowledged - last.Acknowledged) / seconds,
            (now.Receiver.Distinct - last.Receiver.Distinct) / seconds,
            Math.Max(0, (now.Acknowledged * integrations) - now.Receiver.Distinct),
            ackP50, ackP99, now.Receiver.Interval.P50, now.Receiver.Interval.P99,
            Cores(last.Process?.Cpu, now.Process?.Cpu), (now.Tool - last.Tool).TotalSeconds / seconds, Cores(last.Machine, now.Machine),
            now.Process?.RssBytes, now.Heap, Rate(last.Allocated, now.Allocated), now.GcPercent,
            Rate(last.Process?.WrittenBytes, now.Process?.WrittenBytes), Rate(last.Syncs, now.Syncs));
        _samples.Add(sample);
        _last = now;
        return sample;

        double? Cores(TimeSpan? before, TimeSpan? after) => (after - before)?.TotalSeconds / seconds;
        double? Rate(double? before, double? after) => (after - before) / seconds;
    }
}
