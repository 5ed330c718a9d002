using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>docs/faults.md row 27: the clock is set while events wait.</summary>
public sealed class RetentionClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private readonly SteppedTime _time = new(Start);

    [Fact]
    public void Read_NobodySetsTheClock_FollowsIt()
    {
        var clock = new RetentionClock(_time);
        _time.Passes(TimeSpan.FromDays(8));
        clock.Read(Start).ShouldBe(Start.AddDays(8));
    }

    [Fact]
    public void Read_SetForward_AgesWhatIsKeptByTheTimeThatPasses()
    {
        var clock = new RetentionClock(_time);
        _time.IsSet(TimeSpan.FromDays(30));
        clock.Read(Start).ShouldBe(Start);
        _time.Passes(TimeSpan.FromHours(1));
        clock.Read(Start).ShouldBe(Start.AddHours(1));
        _time.Passes(TimeSpan.FromDays(7));
        clock.Read(Start).ShouldBe(Start.AddDays(7).AddHours(1));
    }

    [Fact]
    public void Read_SetForwardAndEverythingKeptIsYounger_FollowsTheClock()
    {
        var clock = new RetentionClock(_time);
        _time.IsSet(TimeSpan.FromDays(30));
        clock.Read(Start).ShouldBe(Start);
        clock.Read(Start.AddDays(30)).ShouldBe(Start.AddDays(30));
        _time.IsSet(TimeSpan.FromDays(30));
        clock.Read(null).ShouldBe(Start.AddDays(60));
    }

    [Fact]
    public void Read_SetBack_FollowsAtOnce()
    {
        var clock = new RetentionClock(_time);
        _time.IsSet(TimeSpan.FromDays(-30));
        clock.Read(Start).ShouldBe(Start.AddDays(-30));
    }

    [Fact]
    public void Read_KeptInStep_Follows()
    {
        var clock = new RetentionClock(_time);
        _time.Passes(TimeSpan.FromSeconds(10));
        _time.IsSet(TimeSpan.FromMilliseconds(20));
        clock.Read(Start).ShouldBe(Start.AddMilliseconds(10_020));
    }

    /// <summary>A clock that can be set without any time passing.</summary>
    private sealed class SteppedTime(DateTimeOffset start) : TimeProvider
    {
        private readonly FakeTimeProvider _passing = new(start);
        private TimeSpan _set;

        public override long TimestampFrequency => _passing.TimestampFrequency;

        public void Passes(TimeSpan time) => _passing.Advance(time);

        public void IsSet(TimeSpan by) => _set += by;

        public override DateTimeOffset GetUtcNow() => _passing.GetUtcNow() + _set;

        public override long GetTimestamp() => _passing.GetTimestamp();
    }
}
