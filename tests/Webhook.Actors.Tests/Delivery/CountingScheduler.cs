using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace Webhook.Actors.Tests.Delivery;

/// <summary>Virtual time that counts how often anybody asked to be called: silence can be told from calls that do nothing.</summary>
public sealed class CountingScheduler(Config config, ILoggingAdapter log) : TestScheduler(config, log), IAdvancedScheduler
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public new void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable)
    {
        Interlocked.Increment(ref _asked);
        base.ScheduleOnce(delay, action, cancelable);
    }

    public new void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable)
    {
        Interlocked.Increment(ref _asked);
        base.ScheduleRepeatedly(initialDelay, interval, action, cancelable);
    }
}
