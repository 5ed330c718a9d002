namespace Webhook.Actors.Sending;

/// <summary>
/// Keeps one lane's requests apart: at most <c>maxRequestsPerSecond</c>, evenly spread, so that no second ever sees more. Attempts of several batches wait here
/// at once, in the order they came.
/// </summary>
/// <remarks>
/// Safe for several threads. It measures with the monotonic clock, which steps of the wall clock do not touch. A timer that fires late (a stalled process)
/// lets those that waited meanwhile go together: at most as many as the window is large.
/// </remarks>
/// <param name="credit">Places of so long a time that were not used may be used at once; none by default.</param>
internal sealed class RequestPace(double? requestsPerSecond, TimeProvider time, TimeSpan credit = default)
{
    private readonly Lock _lock = new();

    // Rounded up: 3 a second at 0.3333333 s would let a fourth into the second.
    private readonly TimeSpan _interval = requestsPerSecond is { } rate ? TimeSpan.FromTicks((long)Math.Ceiling(TimeSpan.TicksPerSecond / rate)) : TimeSpan.Zero;
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _nextFree = -credit;

    /// <summary>Waits for its place.</summary>
    /// <param name="places">That it takes: who follows waits for all of them.</param>
    /// <exception cref="OperationCanceledException">The place stays taken; nobody moves up.</exception>
    public async Task WaitAsync(CancellationToken cancellation, int places = 1)
    {
        // Delays are cut to whole milliseconds; rounded up nobody goes too early.
        if (Reserve(places) is { Ticks: > 0 } wait)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellation).ConfigureAwait(false);
    }

    /// <summary>A place in the queue: how long from now until the request may go; it may go at once when that is not above zero.</summary>
    public TimeSpan Reserve(int places = 1)
    {
        lock (_lock)
        {
            var now = Now();
            var at = now - credit > _nextFree ? now - credit : _nextFree;
            _nextFree = at + (_interval * places);
            return at - now;
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(_start);
}
