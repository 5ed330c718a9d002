using CsCheck;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class RetryScheduleTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 16)]
    [InlineData(7, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Delay_NoJitter_DoublesUpToTheCap(int failures, double seconds) =>
        RetrySchedule.Delay(failures, null, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(10, 10)]
    [InlineData(0.1, 0.5)]
    [InlineData(299, 299)]
    [InlineData(86_400, 300)]
    public void Delay_RetryAfter_IsHonouredUpToTheCap(double asked, double seconds) =>
        RetrySchedule.Delay(1, TimeSpan.FromSeconds(asked), 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Delay_AnyJitter_OnlyAdds() => Gen.Select(Gen.Int[1, 100], Gen.Double[0, 1]).Sample((failures, jitter) =>
    {
        var plain = RetrySchedule.Delay(failures, null, 0);
        RetrySchedule.Delay(failures, null, jitter).ShouldBeInRange(plain, plain * (1 + RetrySchedule.JitterShare) + TimeSpan.FromTicks(1));
    });
}
