using CsCheck;
using Webhook.Actors.Certificates;
using Webhook.Actors.Tests.Integrations;

namespace Webhook.Actors.Tests.Certificates;

public class ExpiryScheduleTests
{
    [Theory]
    [InlineData(31, ExpiryStage.None)]
    [InlineData(30, ExpiryStage.Within30Days)]
    [InlineData(7.001, ExpiryStage.Within30Days)]
    [InlineData(7, ExpiryStage.Within7Days)]
    [InlineData(1, ExpiryStage.Within1Day)]
    [InlineData(0.001, ExpiryStage.Within1Day)]
    [InlineData(0, ExpiryStage.Expired)]
    [InlineData(-100, ExpiryStage.Expired)]
    internal void At_DaysAhead_IsTheMostUrgentStage(double days, ExpiryStage stage) => ExpirySchedule.At(Example.Now.AddDays(days), Example.Now).ShouldBe(stage);

    [Fact]
    public void Next_AnyEnds_SkipsNoStage() => Gen.Double[-5, 60].List[0, 5].Sample(days =>
    {
        var ends = days.ConvertAll(d => Example.Now.AddDays(d));
        var wait = ExpirySchedule.Next(ends, Example.Now);
        return wait > TimeSpan.Zero && wait <= ExpirySchedule.Longest
            && ends.TrueForAll(end => ExpirySchedule.At(end, Example.Now) == ExpirySchedule.At(end, Example.Now + wait - TimeSpan.FromTicks(1)));
    });
}
