using Webhook.Benchmarks.Allocations;

namespace Webhook.Benchmarks.Tests.Allocations;

public sealed class AllocationBudgetTests
{
    private const string Parse = "Events.ParseBenchmarks.ParseAndIndex(PerRequest: 100)";

    [Fact]
    public void Compare_WhatTheFileSays_NothingToSay()
    {
        var verdict = Compare(expected: 2.2, measured: 2.2);

        verdict.ShouldSatisfyAllConditions(v => v.Standing.ShouldBe(AllocationStanding.Within), v => v.Fails.ShouldBeFalse(), v => v.Message.ShouldBeNull());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.2)]
    [InlineData(216)]
    [InlineData(456)]
    public void Compare_OneEmptyObjectMoreForEachEvent_Fails(double expected) => Compare(expected, expected + 24).Fails.ShouldBeTrue();

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    [InlineData(40)]
    public void Compare_OneEmptyObjectMoreForEveryTenthEvent_Fails(double expected) => Compare(expected, expected + (24 / 10.0)).Fails.ShouldBeTrue();

    [Theory]
    [InlineData(0, 1.9)]
    [InlineData(2.2, 4.1)]
    [InlineData(5000, 5200)]
    [InlineData(5000, 4800)]
    public void Compare_Noise_Passes(double expected, double measured) => Compare(expected, measured).Standing.ShouldBe(AllocationStanding.Within);

    [Theory]
    [InlineData(114, false)]
    [InlineData(116, true)]
    public void Compare_WholeStream_MayDifferMore(double measured, bool fails)
    {
        const string Stream = "Delivery.StreamBenchmarks.ParseToReceiver(PerRequest: 100, PerBatch: 100)";

        AllocationBudget.Of(new Dictionary<string, double> { [Stream] = 100 }).Compare(new Dictionary<string, double> { [Stream] = measured })
            .ShouldHaveSingleItem().Fails.ShouldBe(fails);
    }

    [Fact]
    public void Compare_AboveTheLimit_NamesBenchmarkValueLimitAndWayOut()
    {
        var verdict = Compare(expected: 2.2, measured: 26.2);

        verdict.Message.ShouldBe(
            "Events.ParseBenchmarks.ParseAndIndex(PerRequest: 100) allocates 26.2 bytes an event, 2.2 are in perf/Webhook.Benchmarks/allocations.json and the limit is 4.2. If it is meant to, "
            + "accept it with: dotnet run -c Release --project perf/Webhook.Benchmarks -- allocations --update");
    }

    [Fact]
    public void Compare_ClearlyFewer_PassesAndAsksToKeepIt()
    {
        var verdict = Compare(expected: 216, measured: 150);

        verdict.Fails.ShouldBeFalse();
        verdict.Message.ShouldBe(
            "Events.ParseBenchmarks.ParseAndIndex(PerRequest: 100) allocates 150.0 bytes an event, fewer than the 216.0 in perf/Webhook.Benchmarks/allocations.json. So that it stays like this: "
            + "dotnet run -c Release --project perf/Webhook.Benchmarks -- allocations --update");
    }

    [Fact]
    public void Compare_NotInTheFile_FailsAndSaysHowToAddIt()
    {
        var verdict = AllocationBudget.Read("{}").Compare(new Dictionary<string, double> { [Parse] = 2.2 }).ShouldHaveSingleItem();

        verdict.Fails.ShouldBeTrue();
        verdict.Message.ShouldBe(
            "Events.ParseBenchmarks.ParseAndIndex(PerRequest: 100) allocates 2.2 bytes an event and is not in perf/Webhook.Benchmarks/allocations.json. Accept it with: "
            + "dotnet run -c Release --project perf/Webhook.Benchmarks -- allocations --update");
    }

    [Fact]
    public void Compare_InTheFileOnly_FailsAndSaysHowToTakeItOut()
    {
        var verdict = Budget(2.2).Compare(new Dictionary<string, double>()).ShouldHaveSingleItem();

        verdict.Fails.ShouldBeTrue();
        verdict.Message.ShouldBe(
            "Events.ParseBenchmarks.ParseAndIndex(PerRequest: 100) is in perf/Webhook.Benchmarks/allocations.json and there is no such benchmark. Take it out with: "
            + "dotnet run -c Release --project perf/Webhook.Benchmarks -- allocations --update");
    }

    [Fact]
    public void Write_Measured_RoundedSortedAndReadAgain()
    {
        var text = AllocationBudget.Of(new Dictionary<string, double> { ["b"] = 2.0049, ["a"] = 1 }).Write();

        text.ShouldBe("{\n  \"a\": 1,\n  \"b\": 2\n}\n");
        AllocationBudget.Read(text).Write().ShouldBe(text);
    }

    private static AllocationVerdict Compare(double expected, double measured) =>
        Budget(expected).Compare(new Dictionary<string, double> { [Parse] = measured }).ShouldHaveSingleItem();

    private static AllocationBudget Budget(double expected) => AllocationBudget.Of(new Dictionary<string, double> { [Parse] = expected });
}
