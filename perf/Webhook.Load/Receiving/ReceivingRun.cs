using Webhook.Load.Events;
using Webhook.Load.Latencies;

namespace Webhook.Load.Receiving;

/// <summary>All that a receiver knows of one run.</summary>
internal sealed class ReceivingRun(string run, int integrations, int poisonEvery)
{
    private readonly IntegrationTally[] _tallies = [.. Enumerable.Range(0, integrations).Select(_ => new IntegrationTally())];
    private readonly EventShape _shape = new(PoisonEvery: poisonEvery);
    private long _requests;
    private long _refused;
    private long _strays;
    private long _lastArrival;

    public byte[] Prefix { get; } = EventTag.Prefix(run);

    /// <summary>From when an event was due to the end of its arrival.</summary>
    public PhasedLatencies Latencies { get; } = new();

    public bool HasPoison(EventScan scan)
    {
        foreach (var seen in scan.Events)
        {
            if (_shape.IsPoison(seen.Number)) return true;
        }

        return false;
    }

    public void Take(int integration, EventScan scan)
    {
        if (scan.Events.IsEmpty || integration >= _tallies.Length)
        {
            Interlocked.Increment(ref _strays);
            return;
        }

        var now = Clock.Micros;
        _tallies[integration].Add(scan.Events);
        foreach (var (due, count) in scan.Dues) Latencies.Record(due, now, count);
        Interlocked.Increment(ref _requests);
        Interlocked.Exchange(ref _lastArrival, now);
    }

    public void Refuse() => Interlocked.Increment(ref _refused);

    public byte[] Seen(int integration) => _tallies[integration].Seen();

    public ReceiverStatus Status()
    {
        var counts = _tallies.Aggregate(default(TallyCounts), static (sum, tally) => sum + tally.Counts);
        return new ReceiverStatus(
            counts.Distinct, counts.Duplicates, counts.Reordered, Interlocked.Read(ref _requests), Interlocked.Read(ref _refused), Interlocked.Read(ref _strays),
            Interlocked.Read(ref _lastArrival), Latencies.TakeInterval());
    }
}

/// <param name="Distinct">Different events, by integration.</param>
/// <param name="Duplicates">Deliveries of what had come already.</param>
/// <param name="Reordered">Events after a later one of the same sender.</param>
/// <param name="Requests">Taken with 200.</param>
/// <param name="Refused">Requests that a fault answered.</param>
/// <param name="Strays">Requests without an event of this run, or of an integration it does not have.</param>
/// <param name="LastArrival">On <see cref="Clock"/>.</param>
/// <param name="UnknownEncoding">A content encoding that could not be read and was answered with 415.</param>
internal sealed record ReceiverStatus(long Distinct, long Duplicates, long Reordered, long Requests, long Refused, long Strays, long LastArrival, IntervalLatency Interval, string? UnknownEncoding = null);
