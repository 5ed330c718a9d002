using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class RequestPaceTests
{
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
    public void Reserve_Unlimited_NeverWaits()
    {
        var pace = new RequestPace(null, _time);

        Enumerable.Range(0, 100).ShouldAllBe(_ => pace.Reserve() == TimeSpan.Zero);
    }

    [Fact]
    public void Reserve_Paused_WaitsForTheLongestPause()
    {
        var pace = new RequestPace(null, _time);
        pace.Pause(TimeSpan.FromSeconds(5));
        pace.Pause(TimeSpan.FromSeconds(1));

        pace.Reserve().ShouldBe(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        pace.Reserve().ShouldBe(TimeSpan.Zero);
    }
}
