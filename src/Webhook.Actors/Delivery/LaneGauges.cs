using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Delivery;

/// <summary>The gauges of all lanes of the process, registered once; each lane that runs has an entry.</summary>
internal sealed class LaneGauges
{
    private readonly ConcurrentDictionary<LaneId, LaneGauge> _lanes = [];
    private readonly EventLogReader _log;
    private readonly TimeProvider _time;

    public LaneGauges(EventLogReader log, TimeProvider time, WebhookMetrics metrics)
    {
        _log = log;
        _time = time;
        metrics.Observe("integration_oldest_undelivered_seconds", "s",
            "Age of the oldest event that an integration has not delivered yet; 0: none. By integration.", () => Measure(OldestUndelivered));
        metrics.Observe("integration_requests_in_flight", "requests",
            "Batches that are being sent or wait for their next attempt. By integration.", () => Measure(static gauge => gauge.InFlight));
    }

    public LaneGauge Add(LaneId lane, long cursor) => _lanes[lane] = new LaneGauge(lane.Partition, cursor);

    public void Remove(LaneId lane) => _lanes.TryRemove(lane, out _);

    // Of the lanes of one integration the worst is told.
    private IEnumerable<Measurement<double>> Measure(Func<LaneGauge, double> read)
    {
        var worst = new Dictionary<IntegrationId, double>();
        foreach (var (lane, gauge) in _lanes) worst[lane.Integration] = Math.Max(read(gauge), worst.GetValueOrDefault(lane.Integration));
        foreach (var (integration, value) in worst)
            yield return new Measurement<double>(value, new KeyValuePair<string, object?>("integration", integration.ToString()));
    }

    private double OldestUndelivered(LaneGauge gauge)
    {
        var cursor = gauge.Cursor;
        if (cursor >= _log.Bounds(gauge.Partition).Head) return 0;
        var stored = gauge.OldestInFlight;
        if (stored == 0 && _log.TryReadTail(gauge.Partition, cursor) is { } block)
        {
            stored = block.AppendedAtNanoseconds;
            block.Release();
        }

        return stored == 0 ? 0 : Math.Max(0, ((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100 - stored) / 1e9);
    }
}

/// <summary>What one lane shows. Written by its actor only, read by whoever measures.</summary>
internal sealed class LaneGauge(int partition, long cursor)
{
    // Of the actor: when the events of each batch in flight were stored, by where the batch begins.
    private readonly Dictionary<long, long> _storedAt = [];
    private long _cursor = cursor;
    private long _oldestInFlight;
    private int _inFlight;

    public int Partition => partition;

    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>When the first event from the cursor on was stored, in nanoseconds; 0: it is not in flight.</summary>
    public long OldestInFlight => Volatile.Read(ref _oldestInFlight);

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Taken(long from, long storedAt)
    {
        _storedAt[from] = storedAt;
        Publish(_cursor);
    }

    public void Left(long from, long cursor)
    {
        _storedAt.Remove(from);
        Publish(cursor);
    }

    private void Publish(long cursor)
    {
        Volatile.Write(ref _cursor, cursor);
        Volatile.Write(ref _oldestInFlight, _storedAt.GetValueOrDefault(cursor));
        Volatile.Write(ref _inFlight, _storedAt.Count);
    }
}
