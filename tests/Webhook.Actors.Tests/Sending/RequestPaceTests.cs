using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class RequestPaceTests
{
    // Whole ones too: only they leave no room for one request more.
    private static readonly Gen<double> Rates =
        Gen.OneOf(Gen.Double[Math.Log(0.01), Math.Log(10_000)].Select(Math.Exp), Gen.Int[1, 100].Select(static rate => (double)rate));

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Reserve_Limited_SpreadsEvenly()
    {
        var pace = new RequestPace(4, _time);

        Enumerable.Range(0, 3).Select(_ => pace.Reserve().TotalMilliseconds).ShouldBe([0, 250, 500]);
        _time.Advance(TimeSpan.FromSeconds(10));
        Enumerable.Range(0, 2).Select(_ => pace.Reserve().TotalMilliseconds).ShouldBe([0, 250]);
    }

    [Fact]
    public void Reserve_SeveralPlaces_TheNextWaitsForAllOfThem()
    {
        var pace = new RequestPace(4, _time);
        new[] { 3, 1, 2, 1 }.Select(places => pace.Reserve(places).TotalMilliseconds).ShouldBe([0, 750, 1000, 1500]);
    }

    [Fact]
    public void Reserve_Unlimited_NeverWaits()
    {
        var pace = new RequestPace(null, _time);

        Enumerable.Range(0, 100).ShouldAllBe(_ => pace.Reserve() == TimeSpan.Zero);
    }

    [Fact]
    public void Reserve_Credit_UnusedPlacesGoAtOnceAndNoMoreThanThose()
    {
        var pace = new RequestPace(4, _time, TimeSpan.FromSeconds(1));

        for (var round = 0; round < 2; round++)
        {
            Enumerable.Range(0, 5).ShouldAllBe(_ => pace.Reserve() <= TimeSpan.Zero);
            Enumerable.Range(0, 2).Select(_ => pace.Reserve().TotalMilliseconds).ShouldBe([250, 500]);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Theory]
    [InlineData(0.01, 100)]
    [InlineData(3, 0.3333334)]
    [InlineData(10_000, 0.0001)]
    public void Reserve_AnyRate_SpreadsEvenlyAndNeverFaster(double rate, double interval)
    {
        var pace = new RequestPace(rate, _time);

        Enumerable.Range(0, 64).Select(_ => pace.Reserve()).ShouldBe(Enumerable.Range(0, 64).Select(i => TimeSpan.FromSeconds(interval) * i));
    }

    [Fact]
    public void Reserve_IdleAndBursts_NoSecondEverSeesMore() =>
        Gen.Select(Rates, Gen.Select(Gen.Int[1, 200], Gen.Double[0, 3]).Array[1, 20]).Sample((rate, bursts) =>
        {
            var time = new FakeTimeProvider();
            var pace = new RequestPace(rate, time);
            var went = new List<DateTimeOffset>();
            foreach (var (requests, idle) in bursts)
            {
                for (var i = 0; i < requests; i++) went.Add(time.GetUtcNow() + pace.Reserve());
                time.Advance(TimeSpan.FromSeconds(idle));
            }

            // Of any row of them, one more than may go in a second takes a second at least.
            went.ShouldBe(went.Order());
            var inASecond = (int)Math.Ceiling(rate);
            for (var i = inASecond; i < went.Count; i++) (went[i] - went[i - inASecond]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        });

    [Fact]
    public void Reserve_WallClockSteps_AreNotNoticed()
    {
        var time = new SteppedTime();
        var pace = new RequestPace(1, time);
        pace.Reserve();

        time.Step = TimeSpan.FromDays(-1);
        pace.Reserve().ShouldBe(TimeSpan.FromSeconds(1));
        time.Step = TimeSpan.FromDays(1);
        pace.Reserve().ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void WaitAsync_ManyWaiters_GoInTheOrderTheyCameAndEvenly()
    {
        var pace = new RequestPace(20, _time);
        var went = new List<(int Waiter, double At)>();
        var waiting = Enumerable.Range(0, 64).Select(i => WaitAsync(pace, i, went)).ToList();

        Pass(4);

        waiting.ShouldAllBe(w => w.IsCompletedSuccessfully);
        went.ShouldBe(Enumerable.Range(0, 64).Select(i => (i, i * 50.0)));
    }

    [Fact]
    public void WaitAsync_LessThanAMillisecond_IsWaitedFor()
    {
        var pace = new RequestPace(10_000, _time);
        pace.Reserve();

        var second = pace.WaitAsync(CancellationToken.None);

        second.IsCompleted.ShouldBeFalse();
        Inline(() => _time.Advance(TimeSpan.FromMilliseconds(1)));
        second.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Ends()
    {
        var pace = new RequestPace(1, _time);
        pace.Reserve();
        using var cancelled = new CancellationTokenSource();

        var waiting = pace.WaitAsync(cancelled.Token);
        waiting.IsCompleted.ShouldBeFalse();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    private async Task WaitAsync(RequestPace pace, int waiter, List<(int, double)> went)
    {
        await pace.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        went.Add((waiter, (_time.GetUtcNow() - _time.Start).TotalMilliseconds));
    }

    // In steps of 10 ms: what waits for a timer goes on within the step that makes it due.
    private void Pass(double seconds) => Inline(() =>
    {
        for (var i = 0; i < seconds * 100; i++) _time.Advance(TimeSpan.FromMilliseconds(10));
    });

    // A synchronisation context, as the test runner's, would send continuations elsewhere.
    private static void Inline(Action act)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        act();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>A wall clock that can be set, over a monotonic clock that goes on.</summary>
    private sealed class SteppedTime : FakeTimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
