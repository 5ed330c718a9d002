using CsCheck;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

public sealed class RetentionPolicyTests
{
    private static readonly LogBounds Bounds = new(100, 1000, 900, 9000, DateTimeOffset.UnixEpoch);

    [Fact]
    public void Decide_NoIntegration_EverythingGoes() => Decide([]).ShouldBe(new TrimDecision(1000, TrimReason.Delivered));

    [Fact]
    public void Decide_SlowestIntegration_KeepsWhatItNeeds() => Decide([700, 300, 1000]).ShouldBe(new TrimDecision(300, TrimReason.Delivered));

    [Fact]
    public void Decide_CursorBeforeTheTail_NothingGoes() => Decide([0]).ShouldBe(new TrimDecision(100, TrimReason.Delivered));

    [Fact]
    public void Decide_ExpiredButDelivered_NotCountedAsRetention() => Decide([500], expired: 400).ShouldBe(new TrimDecision(500, TrimReason.Delivered));

    [Fact]
    public void Decide_ExpiredAndNeeded_GoesByAge() => Decide([300], expired: 400).ShouldBe(new TrimDecision(400, TrimReason.Age));

    [Fact]
    public void Decide_TooLargeAndNeeded_GoesBySize() => Decide([300], expired: 400, oversize: 450).ShouldBe(new TrimDecision(450, TrimReason.Size));

    [Theory]
    [InlineData(600, 600)]
    [InlineData(950, 800)]
    [InlineData(50, 100)]
    public void Decide_KeptForReplays_StaysAfterItIsDelivered(long replayableFrom, long before) =>
        RetentionPolicy.Decide(Bounds, [800], null, null, replayableFrom).ShouldBe(new TrimDecision(before, TrimReason.Delivered));

    [Fact]
    public void Decide_KeptForReplaysButExpired_GoesAndIsNoLoss() =>
        RetentionPolicy.Decide(Bounds, [800], expiredBefore: 400, null, replayableFrom: 200).ShouldBe(new TrimDecision(400, TrimReason.Delivered));

    [Fact]
    public void Decide_AnyNumbers_StaysInTheLogAndNeverDropsWhatIsNeededAndWithinRetention() =>
        (from tail in Gen.Long[0, 1000]
         from head in Gen.Long[tail, 2000]
         from cursors in Gen.Long[0, 2000].List[0, 5]
         from expired in Gen.Long[0, 2000]
         from oversize in Gen.Long[0, 2000]
         from limits in Gen.Int[0, 3]
         select (tail, head, cursors, expired: (limits & 1) == 0 ? (long?)null : expired, oversize: (limits & 2) == 0 ? (long?)null : oversize))
        .Sample(c =>
        {
            var decision = RetentionPolicy.Decide(new LogBounds(c.tail, c.head, 0, 0, null), c.cursors, c.expired, c.oversize);
            decision.Before.ShouldBeInRange(c.tail, c.head);
            foreach (var cursor in c.cursors.Where(n => n >= c.tail && n < decision.Before))
            {
                decision.Reason.ShouldNotBe(TrimReason.Delivered, $"integration at {cursor} still needed something");
                decision.Before.ShouldBeLessThanOrEqualTo(Math.Max(c.expired ?? 0, c.oversize ?? 0));
            }
        });

    private static TrimDecision Decide(long[] cursors, long? expired = null, long? oversize = null) => RetentionPolicy.Decide(Bounds, cursors, expired, oversize);
}
