using CsCheck;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

public class ConnectionStateTests
{
    private static readonly IntegrationState Enabled = new()
    {
        Phase = IntegrationPhase.Existing,
        Settings = Example.Settings,
        Revision = 1,
        DeliveryRevision = 1,
        IsEnabled = true,
    };

    [Fact]
    public void Of_Disabled_IsNotConnected() => NameOf(Enabled with { IsEnabled = false }).ShouldBe("Not Connected");

    [Fact]
    public void Of_NoErrors_IsConnected() => NameOf(Enabled).ShouldBe("Connected");

    [Fact]
    public void Of_RetriedDelivery_IsWarning() => NameOf(After(Example.Failed(1), Example.Failed(2, AttemptOutcome.TimedOut))).ShouldBe("Warning");

    [Fact]
    public void Of_PauseThatTheReceiverAskedFor_IsWarning() =>
        NameOf(After(Example.Failed(1, AttemptOutcome.RateLimited, new DeliveryHold(IsInhibition: false, Example.Now + TimeSpan.FromMinutes(1))))).ShouldBe("Warning");

    [Fact]
    public void Of_Inhibited_IsErrorUntilADeliverySucceedsHoweverLongThatTakes()
    {
        var inhibited = After(Example.Failed(3, hold: Example.Inhibited));

        NameOf(inhibited).ShouldBe("Error");
        NameOf(inhibited, TimeSpan.FromDays(3)).ShouldBe("Error");
    }

    [Fact]
    public void Of_RecoveredFromError_IsWarningForADayAndThenConnected()
    {
        var recovered = After(Example.Failed(3, hold: Example.Inhibited), Example.Delivered);

        NameOf(recovered).ShouldBe("Warning");
        NameOf(recovered, TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)).ShouldBe("Warning");
        NameOf(recovered, TimeSpan.FromHours(24)).ShouldBe("Connected");
    }

    [Fact]
    public void Decide_SameOutcomeWithinTenSeconds_IsKeptOnce()
    {
        var once = After(Example.Failed(1));

        ReportThrottle.Decide(once, Example.Failed(1), Example.Now + TimeSpan.FromSeconds(9.9)).ShouldBeNull();
        ReportThrottle.Decide(once, Example.Failed(1), Example.Now + TimeSpan.FromSeconds(10)).ShouldNotBeNull();
        ReportThrottle.Decide(once, Example.Failed(1, AttemptOutcome.TimedOut), Example.Now).ShouldNotBeNull();
    }

    [Fact]
    public void Decide_Hold_IsKeptAtOnceAndOnce()
    {
        var failing = After(Example.Failed(2));
        var report = Example.Failed(3, hold: Example.Inhibited);

        var kept = ReportThrottle.Decide(failing, report, Example.Now).ShouldBeOfType<IntegrationEvents.DeliveryFailed>();

        kept.Hold.ShouldBe(Example.Inhibited);
        ReportThrottle.Decide(IntegrationDecisions.Apply(failing, kept), report, Example.Now).ShouldBeNull();
    }

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(5, true)]
    public void Decide_Pause_IsKeptUnlessItIsOverAtOnce(double seconds, bool isKept)
    {
        var failing = After(Example.Failed(1, AttemptOutcome.RateLimited));
        var hold = new DeliveryHold(IsInhibition: false, Example.Now + TimeSpan.FromSeconds(seconds));

        (ReportThrottle.Decide(failing, Example.Failed(2, AttemptOutcome.RateLimited, hold), Example.Now) is not null).ShouldBe(isKept);
    }

    [Fact]
    public void Decide_DeliveredWithoutAKeptFailure_IsNotKept() => ReportThrottle.Decide(Enabled, Example.Delivered, Example.Now).ShouldBeNull();

    [Fact]
    public void Decide_FlappingReceiver_KeepsAFewInTenSeconds() =>
        Gen.Select(Gen.Int[0, 4], Gen.Enum<AttemptOutcome>()).List[2000].Sample(reports =>
        {
            var (state, kept, now) = (Enabled, 0, Example.Now);
            foreach (var (attempt, outcome) in reports)
            {
                now += TimeSpan.FromMilliseconds(4);
                if (ReportThrottle.Decide(state, Example.Failed(attempt + 1, outcome), now) is not { } happened) continue;
                kept++;
                state = IntegrationDecisions.Apply(state, happened);
            }

            // Of 2,000 reports in eight seconds: each outcome once, and one recovery for each.
            return kept <= 2 * Enum.GetValues<AttemptOutcome>().Length;
        });

    [Fact]
    public void Apply_ManyErrors_KeepsTheLastHundredOfADay()
    {
        var state = Enabled;
        for (var i = 0; i < 150; i++)
            state = IntegrationDecisions.Apply(state, new IntegrationEvents.DeliveryFailed(AttemptOutcome.ServerError, 1, 503, $"e{i}", Example.Now + TimeSpan.FromMinutes(i)));

        state.History.Errors.Length.ShouldBe(100);
        state.History.Errors[0].Error.ShouldBe("e50");
        var later = IntegrationDecisions.Apply(
            state, new IntegrationEvents.DeliveryFailed(AttemptOutcome.TimedOut, 1, null, "late", Example.Now + TimeSpan.FromMinutes(149) + TimeSpan.FromHours(24)));
        later.History.Errors.ShouldHaveSingleItem().Error.ShouldBe("late");
    }

    private static string NameOf(IntegrationState state, TimeSpan later = default) => ConnectionStates.Of(state, Example.Now + later).Name();

    private static IntegrationState After(params DeliveryReport[] reports) => reports.Aggregate(
        Enabled, (state, report) => IntegrationDecisions.Apply(state, ReportThrottle.Decide(state, report, Example.Now)!));
}
