using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Delivery;

/// <summary>A lane for which events wait and that has not moved.</summary>
/// <param name="For">Since it moved last, or since the first of these events was stored, whichever is shorter.</param>
internal readonly record struct StalledLane(LaneId Lane, TimeSpan For);

/// <summary>How far the lanes of one integration are.</summary>
/// <param name="OldestUndelivered">Age of the oldest event that is not delivered yet; zero: none waits.</param>
/// <param name="Backlog">Events of the log, of all channels, from the cursor on; null while they are being read from the disk and nobody has counted them yet.</param>
/// <param name="Window">Batches that may be in flight; 0: none was sent yet.</param>
internal readonly record struct LaneSnapshot(TimeSpan OldestUndelivered, long? Backlog, int RequestsInFlight, int Window);

/// <summary>The gauges of all lanes of the process, registered once; each lane that runs has an entry.</summary>
internal sealed class LaneGauges
{
    // A run that fails is followed by the next one sooner than this: such a lane has not moved in between.
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<LaneId, LaneGauge> _lanes = [];
    private readonly ConcurrentDictionary<LaneId, (LaneGauge Gauge, long At)> _left = [];
    private readonly EventLogReader _log;
    private readonly TimeProvider _time;

    public LaneGauges(EventLogReader log, TimeProvider time, WebhookMetrics metrics)
    {
        _log = log;
        _time = time;
        metrics.Observe("integration_oldest_undelivered_seconds", "s",
            "Age of the oldest event that an integration has not delivered yet; 0: none. By integration.", () => Measure(gauge => OldestUndelivered(gauge).TotalSeconds));
        metrics.Observe("integration_requests_in_flight", "requests",
            "Batches that are being sent or wait for their next attempt. By integration.", () => Measure(static gauge => gauge.InFlight));
        metrics.Observe("integration_window", "requests",
            "Batches that may be in flight, as of the last one sent. By integration.", () => Measure(static gauge => gauge.Window));
    }

    public LaneGauge Add(LaneId lane, long cursor)
    {
        var goesOn = _left.TryRemove(lane, out var left) && left.Gauge.Cursor == cursor && _time.GetElapsedTime(left.At) < BetweenRuns;
        return _lanes[lane] = new LaneGauge(lane.Partition, cursor, _time, goesOn ? left.Gauge.MovedAt : _time.GetTimestamp());
    }

    public void Remove(LaneId lane)
    {
        if (_lanes.TryRemove(lane, out var gauge)) _left[lane] = (gauge, _time.GetTimestamp());
    }

    /// <summary>The lanes that stand still for at least so long although events wait for them.</summary>
    public IReadOnlyList<StalledLane> Stalled(TimeSpan atLeast)
    {
        var stalled = new List<StalledLane>();
        foreach (var (lane, gauge) in _lanes)
        {
            var age = OldestUndelivered(gauge);
            var still = _time.GetElapsedTime(gauge.MovedAt);
            var shorter = age < still ? age : still;
            if (shorter >= atLeast) stalled.Add(new StalledLane(lane, shorter));
        }

        return stalled;
    }

    /// <summary>Of every integration whose lanes run here.</summary>
    public IReadOnlyDictionary<IntegrationId, LaneSnapshot> Snapshot()
    {
        var all = new Dictionary<IntegrationId, LaneSnapshot>();
        foreach (var (lane, gauge) in _lanes)
        {
            var other = all.GetValueOrDefault(lane.Integration, new LaneSnapshot(TimeSpan.Zero, 0, 0, 0));
            var age = OldestUndelivered(gauge);
            all[lane.Integration] = new LaneSnapshot(
                age > other.OldestUndelivered ? age : other.OldestUndelivered, other.Backlog + Backlog(gauge), other.RequestsInFlight + gauge.InFlight, other.Window + gauge.Window);
        }

        return all;
    }

    // Of the lanes of one integration the worst is told.
    private IEnumerable<Measurement<double>> Measure(Func<LaneGauge, double> read)
    {
        var worst = new Dictionary<IntegrationId, double>();
        foreach (var (lane, gauge) in _lanes) worst[lane.Integration] = Math.Max(read(gauge), worst.GetValueOrDefault(lane.Integration));
        foreach (var (integration, value) in worst)
            yield return new Measurement<double>(value, new KeyValuePair<string, object?>("integration", integration.ToString()));
    }

    private TimeSpan OldestUndelivered(LaneGauge gauge)
    {
        var cursor = gauge.Cursor;
        var bounds = _log.Bounds(gauge.Partition);
        if (cursor >= bounds.Head) return TimeSpan.Zero;
        var stored = gauge.OldestInFlight;
        if (stored == 0 && _log.TryReadTail(gauge.Partition, cursor) is { } block)
        {
            stored = block.AppendedAtNanoseconds;
            block.Release();
        }

        var now = _time.GetUtcNow();
        if (stored != 0) return Positive(TimeSpan.FromTicks((now - DateTimeOffset.UnixEpoch).Ticks - (stored / 100)));

        // It is being read from the disk, so nobody has seen yet when it was stored: not before the oldest event kept, and it waits since the lane moved.
        var kept = Positive(now - (bounds.OldestAppendedAt ?? now));
        var still = _time.GetElapsedTime(gauge.MovedAt);
        return kept < still ? kept : still;
    }

    private long? Backlog(LaneGauge gauge)
    {
        var cursor = gauge.Cursor;
        var bounds = _log.Bounds(gauge.Partition);
        if (cursor >= bounds.Head) return 0;
        var before = gauge.EventsBefore;
        if (before is null && _log.TryReadTail(gauge.Partition, cursor) is { } block)
        {
            before = block.EventsBefore + Math.Max(0, cursor - block.FirstSequence);
            block.Release();
        }

        return before is { } done ? Math.Max(0, bounds.EventsEver - done) : null;
    }

    private static TimeSpan Positive(TimeSpan age) => age > TimeSpan.Zero ? age : TimeSpan.Zero;
}

/// <summary>What one lane shows. Written by its actor only, read by whoever measures.</summary>
internal sealed class LaneGauge(int partition, long cursor, TimeProvider time, long movedAt)
{
    private const long NotInFlight = -1;

    // Of the actor: when the events of each batch in flight were stored, and how many there are before them, by where the batch begins.
    private readonly Dictionary<long, (long StoredAt, long EventsBefore)> _taken = [];
    private long _cursor = cursor;
    private long _movedAt = movedAt;
    private long _oldestInFlight;
    private long _eventsBefore = NotInFlight;
    private int _inFlight;
    private int _window;

    public int Partition => partition;

    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>When the cursor moved last: a timestamp of the <see cref="TimeProvider"/>, which nobody sets.</summary>
    public long MovedAt => Volatile.Read(ref _movedAt);

    /// <summary>When the first event from the cursor on was stored, in nanoseconds; 0: it is not in flight.</summary>
    public long OldestInFlight => Volatile.Read(ref _oldestInFlight);

    /// <summary>Events of the partition before the cursor; null: the batch that begins there is not in flight.</summary>
    public long? EventsBefore => Volatile.Read(ref _eventsBefore) is var events and not NotInFlight ? events : null;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How many may be in flight, as of the last batch taken; 0: none yet.</summary>
    public int Window => Volatile.Read(ref _window);

    public void Taken(long from, long storedAt, long eventsBefore, int window)
    {
        _taken[from] = (storedAt, eventsBefore);
        Volatile.Write(ref _window, window);
        Publish(_cursor);
    }

    public void Left(long from, long cursor)
    {
        _taken.Remove(from);
        Publish(cursor);
    }

    private void Publish(long cursor)
    {
        if (cursor != _cursor) Volatile.Write(ref _movedAt, time.GetTimestamp());
        Volatile.Write(ref _cursor, cursor);
        var (storedAt, eventsBefore) = _taken.GetValueOrDefault(cursor, (0, NotInFlight));
        Volatile.Write(ref _oldestInFlight, storedAt);
        Volatile.Write(ref _eventsBefore, eventsBefore);
        Volatile.Write(ref _inFlight, _taken.Count);
    }
}
