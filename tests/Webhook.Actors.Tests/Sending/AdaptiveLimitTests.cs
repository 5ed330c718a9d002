using CsCheck;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class AdaptiveLimitTests
{
    private static readonly AttemptOutcome[] Overloads =
        [AttemptOutcome.RateLimited, AttemptOutcome.ServerError, AttemptOutcome.TimedOut, AttemptOutcome.ConnectFailed, AttemptOutcome.TlsFailed];

    private static readonly Gen<(AttemptOutcome Outcome, double Latency, int InFlight, double Pause)[]> Histories = Gen.Select(
        Gen.Enum<AttemptOutcome>(), Gen.Double[-7, 5].Select(Math.Exp), Gen.Int[1, 80], Gen.Double[0, 0.2]).Array[0, 600];

    public static TheoryData<AttemptOutcome> SaysNothing =>
        [.. Enum.GetValues<AttemptOutcome>().Except(Overloads).Where(o => o != AttemptOutcome.Delivered)];

    public static TheoryData<AttemptOutcome> SaysOverload => [.. Overloads];

    [Fact]
    public void Observe_WhateverHappens_StaysWithinOneAndTheMaximum() => Gen.Select(Gen.Int[1, 64], Histories).Sample((maximum, history) =>
    {
        var (limit, now) = (AdaptiveLimit.Start(maximum), 0.0);
        foreach (var (outcome, latency, inFlight, pause) in history)
        {
            now += pause;
            var before = limit.Size;
            limit = limit.Observe(outcome, TimeSpan.FromSeconds(latency), inFlight, TimeSpan.FromSeconds(now));
            limit.Size.ShouldBeInRange(1, maximum);

            // One answer never does more than double or, when a queue turned out not to be ours, take three steps back.
            limit.Size.ShouldBeLessThanOrEqualTo(Math.Max(before + 1, before * 4));
        }
    });

    [Fact]
    public void Observe_AfterAnyHistory_EnoughSuccessAtFullUseGrows() => Histories.Sample(history =>
    {
        var (limit, now) = Live(history);
        var before = limit.Size;

        (limit, _) = Answer(limit, now, AttemptOutcome.Delivered, 2000);

        if (before < 64) limit.Size.ShouldBeGreaterThan(before);
    });

    [Fact]
    public void Observe_AfterAnyHistory_RepeatedOverloadLeadsToOne() => Gen.Select(Histories, Gen.Int[0, Overloads.Length - 1].Select(i => Overloads[i])).Sample((history, overload) =>
    {
        var (limit, now) = Live(history);

        (limit, _) = Answer(limit, now, overload, 300);

        limit.Size.ShouldBe(1);
    });

    [Theory]
    [MemberData(nameof(SaysNothing))]
    public void Observe_RefusedOrMisconfigured_IsNeitherSuccessNorCongestion(AttemptOutcome outcome)
    {
        var (limit, now) = Answer(AdaptiveLimit.Start(64), 0, AttemptOutcome.Delivered, 15);

        limit.Observe(outcome, TimeSpan.FromSeconds(9), limit.Size, TimeSpan.FromSeconds(now + 9)).ShouldBe(limit);
    }

    [Theory]
    [MemberData(nameof(SaysOverload))]
    public void Observe_OverloadInSlowStart_HalvesAtOnceAndDoublesNoMore(AttemptOutcome outcome)
    {
        var (limit, now) = Answer(AdaptiveLimit.Start(64), 0, AttemptOutcome.Delivered, 4 + 4 + 4 + 8);
        limit.Size.ShouldBe(16);

        (limit, now) = Answer(limit, now, outcome, 1);
        limit.Size.ShouldBe(8);

        (limit, _) = Answer(limit, now, AttemptOutcome.Delivered, 8);
        limit.Size.ShouldBe(9);
    }

    [Fact]
    public void Observe_WindowNotUsed_DoesNotGrow()
    {
        var (limit, now) = Answer(AdaptiveLimit.Start(64), 0, AttemptOutcome.Delivered, 4 + 4);
        limit.Size.ShouldBe(4);

        for (var i = 0; i < 1000; i++) limit = limit.Observe(AttemptOutcome.Delivered, TimeSpan.FromSeconds(0.1), 3, TimeSpan.FromSeconds(now += 0.1));

        limit.Size.ShouldBe(4);
    }

    [Fact]
    public void Observe_ManyOverloadsOfOneRoundTrip_ShrinkOnce()
    {
        var (limit, now) = Answer(AdaptiveLimit.Start(64), 0, AttemptOutcome.Delivered, 200);
        limit.Size.ShouldBe(64);

        // All sent at the same moment: a round of them decides, the rest were sent before that.
        var sizes = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            limit = limit.Observe(AttemptOutcome.ServerError, TimeSpan.FromSeconds(0.1), 64, TimeSpan.FromSeconds(now + 0.1));
            sizes.Add(limit.Size);
        }

        // Not quite the half of 64: the round had some successes already.
        sizes.ShouldBe([64, 34]);
    }

    private static (AdaptiveLimit Limit, double Now) Live((AttemptOutcome Outcome, double Latency, int InFlight, double Pause)[] history)
    {
        var (limit, now) = (AdaptiveLimit.Start(64), 0.0);
        foreach (var (outcome, latency, inFlight, pause) in history)
            limit = limit.Observe(outcome, TimeSpan.FromSeconds(latency), inFlight, TimeSpan.FromSeconds(now += pause));
        return (limit, now);
    }

    // One after the other, each sent at a full window.
    private static (AdaptiveLimit Limit, double Now) Answer(AdaptiveLimit limit, double now, AttemptOutcome outcome, int answers)
    {
        for (var i = 0; i < answers; i++)
            limit = limit.Observe(outcome, TimeSpan.FromSeconds(0.1), limit.Size, TimeSpan.FromSeconds(now += 0.1));
        return (limit, now);
    }
}
