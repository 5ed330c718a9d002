using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Webhook.Actors.Hosting;

/// <summary>Akka's scheduler on the runtime's own timers, which sleep until something is due.</summary>
/// <remarks>
/// Akka's is a wheel that turns a hundred times a second whether anything is due or not: 4 to 8 % of a core with nothing to do, and what is due waits up to 20 ms for its turn.
/// A cancelled entry goes at once; one that throws is logged and, if it repeats, goes on.
/// </remarks>
internal sealed class TimerScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDisposable
{
    // What the runtime's timers can wait for at once; a longer wait is several.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private static readonly long ClockStart = TimeProvider.System.GetTimestamp();

    private volatile bool _isOver;

    public override TimeSpan MonotonicClock => HighResMonotonicClock;

    public override TimeSpan HighResMonotonicClock => TimeProvider.System.GetElapsedTime(ClockStart);

    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    /// <summary>Nothing that waits happens any more.</summary>
    public void Dispose() => _isOver = true;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Start(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Start(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Start(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Start(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Start(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Start(initialDelay, interval, action.Run, cancelable);

    private void Start(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        if (!_isOver && cancelable is not { IsCancellationRequested: true }) new Entry(this, delay, interval, action, cancelable).Start();
    }

    private sealed class Entry : IDisposable
    {
        private readonly TimerScheduler _owner;
        private readonly TimeSpan? _interval;
        private readonly Action _action;
        private readonly ICancelable? _cancelable;
        private readonly Timer _timer;
        private CancellationTokenRegistration _registration;
        private TimeSpan _due;

        public Entry(TimerScheduler owner, TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
        {
            _owner = owner;
            _interval = interval;
            _action = action;
            _cancelable = cancelable;
            _due = owner.HighResMonotonicClock + delay;
            // It keeps its entry alive, and the entry it.
            _timer = new Timer(static state => ((Entry)state!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Start()
        {
            if (_cancelable is not null) _registration = _cancelable.Token.UnsafeRegister(static state => ((Entry)state!)._timer.Dispose(), this);
            Wait();
        }

        private void Wait()
        {
            var left = _due - _owner.HighResMonotonicClock;
            // Whole milliseconds, rounded up: never before its time. A timer that was disposed meanwhile stays silent.
            _timer.Change(left <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(Math.Min(left.TotalMilliseconds, LongestWait.TotalMilliseconds)), Timeout.Infinite);
        }

        private void Ring()
        {
            if (_owner._isOver || _cancelable is { IsCancellationRequested: true })
            {
                Dispose();
                return;
            }

            if (_due > _owner.HighResMonotonicClock)
            {
                Wait();
                return;
            }

            try
            {
                _action();
            }
            catch (Exception e)
            {
                _owner.Log.Error(e, "A scheduled action failed");
            }

            if (_interval is not { } interval)
            {
                Dispose();
                return;
            }

            // One that was late does not make up for it in a rush.
            _due = _owner.HighResMonotonicClock is var now && _due + interval > now ? _due + interval : now + interval;
            Wait();
        }

        public void Dispose()
        {
            _registration.Dispose();
            _timer.Dispose();
        }
    }
}
