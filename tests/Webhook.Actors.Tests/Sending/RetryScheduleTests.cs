using CsCheck;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class RetryScheduleTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 4)]
    [InlineData(3, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Delay_NoJitter_GrowsUpToTheCap(int failures, double seconds) =>
        RetrySchedule.Delay(failures, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Delay_AnyJitter_OnlyAdds() => Gen.Select(Gen.Int[1, 100], Gen.Double[0, 1]).Sample((failures, jitter) =>
    {
        var plain = RetrySchedule.Delay(failures, 0);
        RetrySchedule.Delay(failures, jitter).ShouldBeInRange(plain, plain * (1 + RetrySchedule.JitterShare) + TimeSpan.FromTicks(1));
    });
}
