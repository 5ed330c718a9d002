using Webhook.Server.Receiving;

namespace Webhook.Server.Tests.Receiving;

public sealed class FaultPlanTests
{
    private static readonly FailRule Tenth = new(503, 0.1, null, "503:10%");

    [Fact]
    public void Next_SameSeed_SameFaults()
    {
        var options = new FaultOptions { Fail = [Tenth], ResetShare = 0.2, Delay = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2)), Seed = 7 };
        Draw(options, 200).ShouldBe(Draw(options, 200));
        Draw(options, 200).ShouldNotBe(Draw(options with { Seed = 8 }, 200));
    }

    [Fact]
    public void Next_Shares_AreRoughlyKept()
    {
        var faults = Draw(new FaultOptions { Fail = [Tenth], ResetShare = 0.3, Seed = 1 }, 10_000);
        faults.Count(fault => fault.Fail is not null).ShouldBeInRange(900, 1100);
        faults.Count(fault => fault.Resets).ShouldBeInRange(2800, 3200);
    }

    [Fact]
    public void Next_First_FailsSoManyAndNoMore() =>
        Draw(new FaultOptions { Fail = [new FailRule(500, 1, 3, "500:first=3")], Seed = 1 }, 6).Select(fault => fault.Fail?.Status)
            .ShouldBe([500, 500, 500, null, null, null]);

    [Fact]
    public void Next_SeveralRules_TheFirstThatAppliesWins() =>
        Draw(new FaultOptions { Fail = [new FailRule(500, 1, 1, "500:first=1"), new FailRule(429, 1, null, "429")], Seed = 1 }, 3).Select(fault => fault.Fail?.Status)
            .ShouldBe([500, 429, 429]);

    [Fact]
    public void Next_AnotherRuleMore_LeavesTheDrawsOfTheFirstRequestAlone()
    {
        var one = Draw(new FaultOptions { Fail = [Tenth], ResetShare = 0.5, Seed = 3 }, 1);
        var two = Draw(new FaultOptions { Fail = [Tenth, Tenth with { Status = 500 }], ResetShare = 0.5, Seed = 3 }, 1);
        (two[0].Resets, two[0].Delay).ShouldBe((one[0].Resets, one[0].Delay));
    }

    [Fact]
    public void Next_Delay_StaysInItsRange()
    {
        var (from, to) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(80));
        var delays = Draw(new FaultOptions { Delay = (from, to), Seed = 1 }, 500).Select(fault => fault.Delay).ToList();
        delays.ShouldAllBe(delay => delay >= from && delay <= to);
        delays.Distinct().Count().ShouldBeGreaterThan(400);
    }

    private static List<Fault> Draw(FaultOptions options, int requests)
    {
        var plan = new FaultPlan(options);
        return [.. Enumerable.Range(0, requests).Select(_ => plan.Next())];
    }
}
