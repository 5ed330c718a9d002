using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Leave for one attempt, to be given back with <see cref="DeliveryGate.Leave"/> or <see cref="DeliveryGate.Abandon"/>, once.</summary>
/// <param name="InFlight">Attempts under way when it was given, itself included.</param>
internal readonly record struct GatePass(bool IsProbe, int InFlight);

/// <summary>
/// Lets the attempts of one lane through: as many at a time as the window allows, none while the integration is paused or inhibited, one as a probe after
/// that, and the others from a small window on. Who waits goes in the order of coming.
/// </summary>
/// <remarks>
/// Holds end by a timer that runs on while the wall clock is set: only after a restart does the wall clock decide how much of a hold is left, and never more
/// than the longest hold there is. Everything is under one lock; waiters go on outside of it, on other threads.
/// </remarks>
internal sealed class DeliveryGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SendWindow _window;
    private readonly SendingLimits _limits;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly LinkedList<TaskCompletionSource<GatePass>> _waiting = [];
    private GateState _state = GateState.Open;
    private int _active;

    public DeliveryGate(SendWindow window, SendingLimits limits, TimeProvider time)
    {
        _window = window;
        _limits = limits;
        _time = time;
        _timer = time.CreateTimer(static gate => ((DeliveryGate)gate!).TimeUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What holds attempts back now; null: nothing.</summary>
    public DeliveryHold? Hold
    {
        get
        {
            lock (_lock) return _state.Phase == GatePhase.Open ? null : new DeliveryHold(_state.IsInhibiting, _state.Until);
        }
    }

    public bool IsInhibiting
    {
        get
        {
            lock (_lock) return _state.IsInhibiting;
        }
    }

    public int WindowSize
    {
        get
        {
            lock (_lock) return _window.Size;
        }
    }

    /// <summary>
    /// Whether one more batch would find room beside so many: in the window, or while the integration is inhibited among those that are its probe in turn. So a batch that
    /// always breaks the receiver does not stand before all others for ever.
    /// </summary>
    public bool HasRoom(int inFlight)
    {
        lock (_lock) return _window.HasRoom(inFlight) || (_state.IsInhibiting && inFlight < _window.Candidates);
    }

    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async ValueTask<GatePass> EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<GatePass> waiter;
        lock (_lock)
        {
            if (_waiting.Count == 0 && TryAdmit() is { } pass) return pass;
            waiter = new TaskCompletionSource<GatePass>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(waiter);
        }

        using var registration = cancellation.Register(() => GiveUp(waiter, cancellation));
        return await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>The attempt ended.</summary>
    /// <param name="isLast">It was the last one that its batch gets in a row.</param>
    public void Leave(GatePass pass, AttemptResult result, TimeSpan took, bool isLast)
    {
        lock (_lock)
        {
            _active--;
            _window.Observe(result.Outcome, took, pass.InFlight);
            var step = OutcomeRule.Of(result.Outcome).Next;
            var fails = step is NextStep.Hold or NextStep.Disable || (step == NextStep.Retry && (isLast || pass.IsProbe));
            var now = _time.GetUtcNow();
            var next = fails ? _state.Fail(pass.IsProbe, now + _limits.InhibitionTime)
                : step is NextStep.Done or NextStep.Divide ? _state.Answered(pass.IsProbe)
                : _state;
            if (result.RetryAfter is { } asked) next = next.Pause(now + _limits.Cap(asked));
            Become(next);
        }
    }

    /// <summary>The attempt was not made, or nobody waits for its end.</summary>
    public void Abandon(GatePass pass)
    {
        lock (_lock)
        {
            _active--;
            Become(_state.Abandon(pass.IsProbe));
        }
    }

    /// <summary>Takes over a hold of another lane, or of before a restart; one that is shorter than the own one changes nothing.</summary>
    /// <param name="isStart">One that is over still asks for a probe; later it is old news.</param>
    public void Adopt(DeliveryHold hold, bool isStart)
    {
        lock (_lock)
        {
            var left = hold.Until - _time.GetUtcNow();
            if (left <= TimeSpan.Zero && !isStart) return;
            var until = _time.GetUtcNow() + _limits.Shorten(hold, left);
            Become(hold.IsInhibition ? _state.Fail(isProbe: false, until) : _state.Pause(until));
        }
    }

    /// <summary>Somebody has shown that the receiver is well.</summary>
    public void Lift()
    {
        lock (_lock) Become(GateState.Open);
    }

    public void Dispose() => _timer.Dispose();

    private void TimeUp()
    {
        lock (_lock) Become(_state.TimeUp());
    }

    private void Become(GateState next)
    {
        var before = _state;
        _state = next;
        if (next.Phase == GatePhase.Open && before.Phase != GatePhase.Open) _window.Restart();
        if (next != before && next.Phase is GatePhase.Paused or GatePhase.Inhibited)
        {
            var left = next.Until - _time.GetUtcNow();
            _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        while (_waiting.First is { } first && TryAdmit() is { } pass)
        {
            _waiting.RemoveFirst();
            first.Value.SetResult(pass);
        }
    }

    private GatePass? TryAdmit()
    {
        var isFree = _state.Phase == GatePhase.ProbeDue || (_state.Phase == GatePhase.Open && _window.HasRoom(_active));
        if (!isFree) return null;
        var isProbe = _state.Phase == GatePhase.ProbeDue;
        _state = _state.Admit();
        return new GatePass(isProbe, ++_active);
    }

    private void GiveUp(TaskCompletionSource<GatePass> waiter, CancellationToken cancellation)
    {
        // One that was let through in the same moment is not in the list any more, and goes.
        lock (_lock)
        {
            if (!_waiting.Remove(waiter)) return;
        }

        waiter.TrySetCanceled(cancellation);
    }
}
