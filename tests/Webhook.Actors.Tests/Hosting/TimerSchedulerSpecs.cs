using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Hosting;

namespace Webhook.Actors.Tests.Hosting;

/// <summary>In real time: this is what makes it. The waits are short, and what is asserted is order and number, never speed.</summary>
public sealed class TimerSchedulerSpecs() : TestKit($$"""
    akka.scheduler.implementation = "{{typeof(TimerScheduler).AssemblyQualifiedName}}"
    """)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private IAdvancedScheduler Scheduler => Sys.Scheduler.Advanced;

    [Fact]
    public void It_is_the_one_that_the_system_uses() => Sys.Scheduler.ShouldBeOfType<TimerScheduler>();

    [Fact]
    public async Task What_is_due_earlier_comes_earlier_and_nothing_before_its_time()
    {
        var watch = Stopwatch.StartNew();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(150), TestActor, "late", TestActor);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(50), TestActor, "early", TestActor);

        await ExpectMsgAsync("early", Deadline);
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(49));
        await ExpectMsgAsync("late", Deadline);
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(149));
    }

    [Fact]
    public async Task What_repeats_goes_on_until_it_is_cancelled()
    {
        using var cancel = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, Soon, TestActor, "tick", TestActor, cancel);
        for (var i = 0; i < 5; i++) await ExpectMsgAsync("tick", Deadline);

        cancel.Cancel();
        TestActor.Tell("end");
        await FishForMessageAsync(m => m is "end", Deadline);

        var late = 0;
        await foreach (var _ in ReceiveWhileAsync<object>(static m => m, 5 * Soon)) late++;
        late.ShouldBeLessThanOrEqualTo(1, "one may have been under way");
    }

    [Fact]
    public async Task What_is_cancelled_before_its_time_never_comes()
    {
        using var cancel = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellOnce(2 * Soon, TestActor, "cancelled", TestActor, cancel);
        cancel.Cancel();
        Sys.Scheduler.ScheduleTellOnce(2 * Soon, TestActor, "cancelled before", TestActor, cancel);

        Sys.Scheduler.ScheduleTellOnce(6 * Soon, TestActor, "after", TestActor);

        await ExpectMsgAsync("after", Deadline);
    }

    [Fact]
    public async Task An_action_that_throws_is_logged_and_repeats_all_the_same()
    {
        var calls = 0;
        using var cancel = new Cancelable(Sys.Scheduler);
        await EventFilter.Error("A scheduled action failed").ExpectAsync(2, Deadline, () =>
        {
            Scheduler.ScheduleRepeatedly(TimeSpan.Zero, Soon, () =>
            {
                if (Interlocked.Increment(ref calls) <= 2) throw new InvalidOperationException("twice");
                TestActor.Tell("third");
            }, cancel);
            return Task.CompletedTask;
        });

        await ExpectMsgAsync("third", Deadline);
    }

    [Fact]
    public async Task A_slow_action_never_runs_beside_itself()
    {
        var (running, overlaps) = (0, 0);
        using var cancel = new Cancelable(Sys.Scheduler);
        using var slow = new SemaphoreSlim(0);
        Scheduler.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            if (Interlocked.Increment(ref running) > 1) Interlocked.Increment(ref overlaps);
            slow.Wait(5 * Soon);
            Interlocked.Decrement(ref running);
            TestActor.Tell("done");
        }, cancel);

        for (var i = 0; i < 3; i++) await ExpectMsgAsync("done", Deadline);
        overlaps.ShouldBe(0);
    }
}
