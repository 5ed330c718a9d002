namespace Webhook.Actors.Sending;

/// <summary>
/// Keeps one lane's requests apart: at most <c>maxRequestsPerSecond</c>, evenly spread, so that no second ever sees more; and none while the receiver has
/// asked for a pause. Attempts of several batches wait here at once, in the order they came.
/// </summary>
internal sealed class RequestPace(double? requestsPerSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = requestsPerSecond is { } rate ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero;
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _nextFree;
    private TimeSpan _pausedUntil;

    /// <summary>A place in the queue: how long from now until the request may go.</summary>
    public TimeSpan Reserve()
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            var at = Later(now, Later(_nextFree, _pausedUntil));
            _nextFree = at + _interval;
            return at - now;
        }
    }

    /// <summary>Nothing that reserves from now on goes within <paramref name="pause"/>.</summary>
    public void Pause(TimeSpan pause)
    {
        lock (_lock) _pausedUntil = Later(_pausedUntil, time.GetElapsedTime(_start) + pause);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
