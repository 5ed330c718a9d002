using Webhook.Load.Generating;

namespace Webhook.Load.Tests.Generating;

public sealed class RateScheduleTests
{
    [Fact]
    public void DueOf_SteadyRate_EvenlySpaced()
    {
        var schedule = new RateSchedule(200, 200, TimeSpan.FromSeconds(10));

        schedule.Requests.ShouldBe(2000);
        schedule.DueOf(0).ShouldBe(TimeSpan.Zero);
        schedule.DueOf(1).ShouldBe(TimeSpan.FromMilliseconds(5));
        schedule.DueOf(1999).ShouldBe(TimeSpan.FromMilliseconds(9995), tolerance: TimeSpan.FromMicroseconds(1));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(20, 180)]
    public void DueOf_Ramp_AsManyByEachTimeAsTheAreaUnderTheRate(double from, double to)
    {
        var schedule = new RateSchedule(from, to, TimeSpan.FromSeconds(20));

        schedule.Requests.ShouldBe((long)((from + to) / 2 * 20));
        foreach (var request in (long[])[1, 10, schedule.Requests / 2, schedule.Requests - 1])
        {
            var t = schedule.DueOf(request).TotalSeconds;
            ((from * t) + ((to - from) * t * t / 40)).ShouldBe(request, tolerance: 1e-3);
        }
    }

    [Fact]
    public void DueOf_Bursts_TogetherAtTheSameMeanRate()
    {
        var schedule = new RateSchedule(100, 100, TimeSpan.FromSeconds(10), Burst: 50);

        schedule.Requests.ShouldBe(1000);
        schedule.DueOf(49).ShouldBe(TimeSpan.Zero);
        schedule.DueOf(50).ShouldBe(TimeSpan.FromSeconds(0.5));
        schedule.DueOf(99).ShouldBe(TimeSpan.FromSeconds(0.5));
    }
}
