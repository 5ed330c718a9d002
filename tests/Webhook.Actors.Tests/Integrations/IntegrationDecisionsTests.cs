using CsCheck;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Integrations.IntegrationProtocol;

namespace Webhook.Actors.Tests.Integrations;

public class IntegrationDecisionsTests
{
    private static readonly IntegrationState Absent = new();
    private static readonly IntegrationState Fresh = Run(Absent, new Create(Example.Id, Example.Settings, Enable: false)).State;
    private static readonly IntegrationState Tested = Run(Fresh, new Test(Example.Id), Example.Success).State;
    private static readonly IntegrationState Enabled = Run(Tested, new Enable(Example.Id)).State;
    private static readonly IntegrationSettings Elsewhere = Example.Settings with { Endpoint = new Uri("https://elsewhere.example/") };
    private static readonly IntegrationSettings OtherChannels = Example.Settings with { Channels = ["PLATFORM_AUDIT"] };

    private static readonly Gen<IntegrationSettings> Settings = Gen.Select(
        AnyOf("https://a.example/", "https://b.example/"), Gen.Int[1, 2], AnyOf("ACTIVITY_AUDIT", "PLATFORM_AUDIT"),
        (endpoint, concurrency, channel) => Example.Settings with
        {
            Endpoint = new Uri(endpoint),
            Delivery = new DeliverySettings { MaxConcurrency = concurrency },
            Channels = [channel],
        });

    private static readonly Gen<(Func<IntegrationState, IChange> Change, bool TestSucceeds)> Steps = Gen.Select(
        Gen.OneOf<Func<IntegrationState, IChange>>(
            Gen.Select(Settings, Gen.Bool, (s, enable) => (Func<IntegrationState, IChange>)(_ => new Create(Example.Id, s, enable))),
            Gen.Select(Settings, AnyOf<bool?>(null, true, false), (s, enable) => (Func<IntegrationState, IChange>)(state => new Update(Example.Id, state.Revision, s, enable))),
            Gen.Const<Func<IntegrationState, IChange>>(_ => new Test(Example.Id)),
            Gen.Const<Func<IntegrationState, IChange>>(_ => new Enable(Example.Id)),
            Gen.Const<Func<IntegrationState, IChange>>(_ => new Disable(Example.Id, null)),
            Gen.Frequency((1, Gen.Const<Func<IntegrationState, IChange>>(_ => new Delete(Example.Id))), (9, Gen.Const<Func<IntegrationState, IChange>>(_ => new Test(Example.Id))))),
        Gen.Bool);

    [Fact]
    public void AnyChanges_EnabledOrChangedWhileEnabled_OnlyAfterATestOfExactlyTheseSettings() => Steps.List[1, 30].Sample(steps =>
    {
        var state = Absent;
        IntegrationSettings? lastSucceeded = null;
        foreach (var (change, succeeds) in steps)
        {
            var before = state;
            (state, _, var tested) = Run(state, change(state), succeeds ? Example.Success : Example.Failure);
            if (tested is not null && succeeds) lastSucceeded = tested;
            var newlyInForce = state.IsEnabled && (!before.IsEnabled || !state.Settings!.DeliversLike(before.Settings!));
            if (newlyInForce && (lastSucceeded is null || !lastSucceeded.DeliversLike(state.Settings!))) return false;
        }

        return true;
    });

    [Fact]
    public void AnyChanges_Replayed_GiveTheSameState() => Steps.List[1, 30].Sample(steps =>
    {
        var (state, journal) = (Absent, new List<IIntegrationEvent>());
        foreach (var (change, succeeds) in steps)
        {
            (state, var events, _) = Run(state, change(state), succeeds ? Example.Success : Example.Failure);
            journal.AddRange(events);
        }

        return Text(journal.Aggregate(Absent, IntegrationDecisions.Apply)) == Text(state);
    });

    [Fact]
    public void AnyChanges_RevisionOnlyGrows_AndWithEveryChangeOfSettings() => Steps.List[1, 30].Sample(steps =>
    {
        var state = Absent;
        foreach (var (change, succeeds) in steps)
        {
            var before = state;
            (state, _, _) = Run(state, change(state), succeeds ? Example.Success : Example.Failure);
            var changed = before.Settings is not null && state.Settings is not null && !state.Settings.SameAs(before.Settings);
            if (state.Revision < before.Revision || (changed && state.Revision != before.Revision + 1)) return false;
        }

        return true;
    });

    [Fact]
    public void Create_ToEnable_TestsFirstAndThenIsEnabled()
    {
        var create = new Create(Example.Id, Example.Settings, Enable: true);

        IntegrationDecisions.Decide(Absent, create, Example.Now).ShouldBe(new Decision.TestFirst(Example.Settings));
        Run(Absent, create, Example.Success).State.ShouldSatisfyAllConditions(s => s.IsEnabled.ShouldBeTrue(), s => s.IsTested.ShouldBeTrue(), s => s.Revision.ShouldBe(1));
    }

    [Fact]
    public void Create_ToEnable_FailedTest_CreatesNothing()
    {
        var create = new Create(Example.Id, Example.Settings, Enable: true);

        IntegrationDecisions.AfterTest(Absent, create, Example.Failure, Example.Now).ShouldBe(new Decision.Refuse(new TestFailed(Example.Id, Example.Failure)));
    }

    [Fact]
    public void Create_Trusted_IsEnabledWithoutATest()
    {
        var (state, events, tested) = Run(Absent, new Create(Example.Id, Example.Settings, Enable: true, IsTrusted: true));

        (state.IsEnabled, state.IsTested, tested).ShouldBe((true, false, null));
        events.Select(e => e.GetType()).ShouldBe([typeof(IntegrationEvents.Created), typeof(IntegrationEvents.Enabled)]);
    }

    [Fact]
    public void Update_Trusted_IsInForceAndEnabledWithoutATest()
    {
        var (state, _, tested) = Run(Fresh, new Update(Example.Id, 1, Elsewhere, true, IsTrusted: true));

        (state.IsEnabled, state.Settings, tested).ShouldBe((true, Elsewhere, null));
        Run(state, new Update(Example.Id, 2, Elsewhere, true, IsTrusted: true)).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Create_Existing_IsRefused() => RefusalOf(Fresh, new Create(Example.Id, Example.Settings, false)).ShouldBe(RefusalReason.Exists);

    [Fact]
    public void Enable_NeverTested_IsRefused() => RefusalOf(Fresh, new Enable(Example.Id)).ShouldBe(RefusalReason.NotTested);

    [Fact]
    public void Enable_LastTestFailed_IsRefused() =>
        RefusalOf(Run(Tested, new Test(Example.Id), Example.Failure).State, new Enable(Example.Id)).ShouldBe(RefusalReason.NotTested);

    [Fact]
    public void Enable_ChangedAfterTheTest_IsRefused() =>
        RefusalOf(Run(Tested, new Update(Example.Id, 1, Elsewhere, null)).State, new Enable(Example.Id)).ShouldBe(RefusalReason.NotTested);

    [Fact]
    public void Enable_OnlyChannelsChangedAfterTheTest_IsEnabled() =>
        Run(Run(Tested, new Update(Example.Id, 1, OtherChannels, null)).State, new Enable(Example.Id)).State.IsEnabled.ShouldBeTrue();

    [Fact]
    public void Update_BasedOnOldSettings_IsRefused() => RefusalOf(Enabled, new Update(Example.Id, 0, Elsewhere, null)).ShouldBe(RefusalReason.Outdated);

    [Fact]
    public void Update_OfAnEnabledOne_TestsWhatAffectsDelivery()
    {
        IntegrationDecisions.Decide(Enabled, new Update(Example.Id, 1, Elsewhere, null), Example.Now).ShouldBe(new Decision.TestFirst(Elsewhere));
        IntegrationDecisions.Decide(Enabled, new Update(Example.Id, 1, OtherChannels, null), Example.Now).ShouldBeOfType<Decision.Accept>();
    }

    [Fact]
    public void Update_FailedTest_ChangesNothing() => Run(Enabled, new Update(Example.Id, 1, Elsewhere, null), Example.Failure).Events.ShouldBeEmpty();

    [Fact]
    public void Update_ToDisable_NeedsNoTest()
    {
        var after = Run(Enabled, new Update(Example.Id, 1, Elsewhere, false)).State;

        after.IsEnabled.ShouldBeFalse();
        after.Settings.ShouldBe(Elsewhere);
    }

    [Fact]
    public void Update_WithTheSameSettings_KeepsRevisionAndTest()
    {
        var same = Example.Settings with { Headers = [new CustomHeader("X-Team", "blue")], Secrets = [new StoredSecret("encrypted")], Channels = ["ACTIVITY_AUDIT"] };

        Run(Enabled, new Update(Example.Id, 1, same, null)).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Delete_ThenAnything_IsNotFound()
    {
        var deleted = Run(Enabled, new Delete(Example.Id)).State;

        deleted.IsEnabled.ShouldBeFalse();
        deleted.Settings.ShouldBeNull();
        IntegrationDecisions.Decide(deleted, new Enable(Example.Id), Example.Now).ShouldBe(new Decision.Refuse(new NotFound(Example.Id)));
        RefusalOf(deleted, new Create(Example.Id, Example.Settings, false)).ShouldBe(RefusalReason.Exists);
    }

    /// <summary>Every setting but the channels affects delivery; a new one must be put into the comparison, or this fails.</summary>
    [Fact]
    public void DeliversLike_OneSettingDiffers_OnlyChannelsDoNotMatter()
    {
        var changed = new Dictionary<string, IntegrationSettings>
        {
            [nameof(IntegrationSettings.Type)] = Example.Settings with { Type = IntegrationType.Local },
            [nameof(IntegrationSettings.Endpoint)] = Elsewhere,
            [nameof(IntegrationSettings.Authentication)] = Example.Settings with { Authentication = Authentication.Signature },
            [nameof(IntegrationSettings.Secrets)] = Example.Settings with { Secrets = [new StoredSecret("other")] },
            [nameof(IntegrationSettings.CertificateId)] = Example.Settings with { CertificateId = 1 },
            [nameof(IntegrationSettings.CaCertificateId)] = Example.Settings with { CaCertificateId = 1 },
            [nameof(IntegrationSettings.Headers)] = Example.Settings with { Headers = [] },
            [nameof(IntegrationSettings.IsInsecure)] = Example.Settings with { IsInsecure = true },
            [nameof(IntegrationSettings.Output)] = Example.Settings with { Output = PayloadFormat.Ndjson },
            [nameof(IntegrationSettings.TimestampResolution)] = Example.Settings with { TimestampResolution = global::Webhook.Actors.Events.TimestampResolution.Seconds },
            [nameof(IntegrationSettings.Channels)] = OtherChannels,
            [nameof(IntegrationSettings.Delivery)] = Example.Settings with { Delivery = new DeliverySettings { Ordered = true } },
        };

        changed.Keys.ShouldBe(typeof(IntegrationSettings).GetProperties().Select(p => p.Name), ignoreOrder: true);
        changed.Where(c => c.Value.DeliversLike(Example.Settings)).Select(c => c.Key).ShouldBe([nameof(IntegrationSettings.Channels)]);
        changed.Where(c => c.Value.SameAs(Example.Settings)).ShouldBeEmpty();
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static (IntegrationState State, IReadOnlyList<IIntegrationEvent> Events, IntegrationSettings? Tested) Run(
        IntegrationState state, IChange change, LaneProtocol.TestReport? report = null)
    {
        var decision = IntegrationDecisions.Decide(state, change, Example.Now);
        var tested = (decision as Decision.TestFirst)?.Settings;
        if (tested is not null) decision = IntegrationDecisions.AfterTest(state, change, report!, Example.Now);
        return decision is Decision.Accept accepted ? (accepted.Events.Aggregate(state, IntegrationDecisions.Apply), accepted.Events, tested) : (state, [], tested);
    }

    private static RefusalReason RefusalOf(IntegrationState state, IChange change) =>
        IntegrationDecisions.Decide(state, change, Example.Now).ShouldBeOfType<Decision.Refuse>().Reply.ShouldBeOfType<Refused>().Reason;

    private static string Text(IntegrationState state) => System.Text.Json.JsonSerializer.Serialize(state, WireJson.Default.IntegrationState);
}
