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

    [Theory]
    [InlineData(1, "Warning")]
    [InlineData(2, "Warning")]
    [InlineData(3, "Error")]
    [InlineData(9, "Error")]
    public void Of_FailingAttempts_IsErrorFromTheThirdOn(int attempt, string state) => NameOf(After(Example.Failed(attempt))).ShouldBe(state);

    [Fact]
    public void Of_RecoveredFromError_IsWarningForADayAndThenConnected()
    {
        var recovered = After(Example.Failed(3), Example.Delivered);

        NameOf(recovered).ShouldBe("Warning");
        NameOf(recovered, TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)).ShouldBe("Warning");
        NameOf(recovered, TimeSpan.FromHours(24)).ShouldBe("Connected");
    }

    [Fact]
    public void Of_NothingDeliveredSinceTheError_StaysErrorBeyondADay() => NameOf(After(Example.Failed(3)), TimeSpan.FromDays(3)).ShouldBe("Error");

    [Fact]
    public void Decide_SameOutcomeWithinTenSeconds_IsKeptOnce()
    {
        var once = After(Example.Failed(1));

        ReportThrottle.Decide(once.History, Example.Failed(1), Example.Now + TimeSpan.FromSeconds(9.9)).ShouldBeNull();
        ReportThrottle.Decide(once.History, Example.Failed(1), Example.Now + TimeSpan.FromSeconds(10)).ShouldNotBeNull();
        ReportThrottle.Decide(once.History, Example.Failed(1, AttemptOutcome.TimedOut), Example.Now).ShouldNotBeNull();
    }

    [Fact]
    public void Decide_ThirdAttempt_IsKeptAtOnce() => ReportThrottle.Decide(After(Example.Failed(2)).History, Example.Failed(3), Example.Now).ShouldNotBeNull();

    [Fact]
    public void Decide_DeliveredWithoutAKeptFailure_IsNotKept() => ReportThrottle.Decide(DeliveryHistory.Empty, Example.Delivered, Example.Now).ShouldBeNull();

    [Fact]
    public void Decide_FlappingReceiver_KeepsAFewInTenSeconds() =>
        Gen.Select(Gen.Int[0, 4], Gen.Enum<AttemptOutcome>()).List[2000].Sample(reports =>
        {
            var (history, kept, now) = (DeliveryHistory.Empty, 0, Example.Now);
            foreach (var (attempt, outcome) in reports)
            {
                now += TimeSpan.FromMilliseconds(4);
                if (ReportThrottle.Decide(history, Example.Failed(attempt + 1, outcome) with { Outcome = outcome }, now) is not { } happened) continue;
                kept++;
                history = IntegrationDecisions.Apply(Enabled with { History = history }, happened).History;
            }

            // Of 2,000 reports in eight seconds: each outcome once, crossings of the third attempt, and one recovery for each.
            return kept <= 3 * Enum.GetValues<AttemptOutcome>().Length;
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
        Enabled, (state, report) => IntegrationDecisions.Apply(state, ReportThrottle.Decide(state.History, report, Example.Now)!));
}
