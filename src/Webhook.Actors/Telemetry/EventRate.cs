namespace Webhook.Actors.Telemetry;

/// <summary>Events a second, over the last whole seconds. On any thread; an addition costs a lock that is rarely contended.</summary>
internal sealed class EventRate(TimeProvider time)
{
    /// <summary>So many whole seconds are looked at: long enough for batches that go once a second, short enough for someone who watches.</summary>
    public const int Seconds = 5;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();

    // By second; the one that has begun is beside the whole ones.
    private readonly long[] _events = new long[Seconds + 1];
    private long _second;

    public void Add(long events)
    {
        lock (_lock) _events[Turn() % _events.Length] += events;
    }

    public double PerSecond()
    {
        lock (_lock)
        {
            var current = Turn() % _events.Length;
            return (_events.Sum() - _events[current]) / (double)Seconds;
        }
    }

    /// <summary>The second that it is now; those that have passed since the last turn are empty.</summary>
    private long Turn()
    {
        var now = (long)time.GetElapsedTime(_start).TotalSeconds;
        for (var passed = Math.Max(_second + 1, now - Seconds); passed <= now; passed++) _events[passed % _events.Length] = 0;
        return _second = Math.Max(_second, now);
    }
}
