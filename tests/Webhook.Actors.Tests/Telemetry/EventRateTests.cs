using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Tests.Telemetry;

public sealed class EventRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void PerSecond_SteadyStream_IsItsRate()
    {
        var rate = new EventRate(_time);
        for (var second = 0; second < 20; second++)
        {
            rate.Add(60);
            rate.Add(40);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        rate.PerSecond().ShouldBe(100);
    }

    [Fact]
    public void PerSecond_SecondThatHasNotEnded_DoesNotCount()
    {
        var rate = new EventRate(_time);
        rate.Add(500);
        rate.PerSecond().ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.PerSecond().ShouldBe(100);
    }

    [Theory]
    [InlineData(5, 100)]
    [InlineData(6, 0)]
    [InlineData(7, 0)]
    [InlineData(100_000, 0)]
    public void PerSecond_LongerThanTheSecondsLookedAt_IsForgotten(int seconds, double expected)
    {
        var rate = new EventRate(_time);
        rate.Add(500);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        rate.PerSecond().ShouldBe(expected);
        rate.Add(10);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.PerSecond().ShouldBe(seconds == 5 ? 2 : expected + 2);
    }
}
