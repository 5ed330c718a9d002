using System.Collections.Immutable;
using static Webhook.Actors.Integrations.IntegrationEvents;
using static Webhook.Actors.Integrations.IntegrationProtocol;

namespace Webhook.Actors.Integrations;

/// <summary>What is to be done about a change, as far as it can be told without asking a lane.</summary>
internal abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Keep these events, then answer.</summary>
    internal sealed record Accept(ImmutableArray<IIntegrationEvent> Events) : Decision;

    /// <summary>Test these settings first; <see cref="IntegrationDecisions.AfterTest"/> decides what follows.</summary>
    internal sealed record TestFirst(IntegrationSettings Settings) : Decision;

    internal sealed record Refuse(IReply Reply) : Decision;
}

/// <summary>The rules of an integration's life: pure, the time is an argument.</summary>
internal static class IntegrationDecisions
{
    /// <summary>The next step for a change. Nothing is ever enabled here that has not been tested, but by whoever is trusted.</summary>
    public static Decision Decide(IntegrationState state, IChange change, DateTimeOffset now) => (state.Phase, change) switch
    {
        (IntegrationPhase.Absent, Create { Enable: false } create) => Accept(new Created(create.Settings, now)),
        (IntegrationPhase.Absent, Create { IsTrusted: true } create) => Accept(new Created(create.Settings, now), new Enabled(now)),
        (IntegrationPhase.Absent, Create create) => new Decision.TestFirst(create.Settings),
        (_, Create) => Refuse(change, RefusalReason.Exists),
        (not IntegrationPhase.Existing, _) => new Decision.Refuse(new NotFound(change.Integration)),
        (_, Update update) when update.BasedOn != state.Revision => Refuse(change, RefusalReason.Outdated),
        (_, Update update) when NeedsTest(state, update) => new Decision.TestFirst(update.Settings),
        (_, Update update) => Accept([.. ChangeTo(state, update.Settings, now), .. Switching(state, update.Enable, now)]),
        (_, Test) => new Decision.TestFirst(state.Settings!),
        (_, Enable) when !state.IsTested => Refuse(change, RefusalReason.NotTested),
        (_, Enable) => Accept(Switching(state, true, now)),
        (_, Disable disable) => Accept([.. Disabling(state, disable.Reason, now)]),
        (_, StartReplay) when !state.IsEnabled => Refuse(change, RefusalReason.NotEnabled),
        (_, StartReplay) when state.Replay is not null => Refuse(change, RefusalReason.ReplayUnderWay),
        (_, StartReplay start) => Accept(new ReplayStarted(state.Replays + 1, start.Stretches, start.MaxRequestsPerSecond, now)),
        (_, StopReplay) => Accept(state.Replay is { } replay ? [new ReplayStopped(replay.Number, now)] : []),
        (_, Delete) => Accept(new IntegrationEvents.Deleted(now)),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.GetType(), "is not a change of an integration"),
    };

    /// <summary>What follows from the test that <see cref="Decide"/> asked for.</summary>
    public static Decision AfterTest(IntegrationState state, IChange change, LaneProtocol.TestReport report, DateTimeOffset now) => change switch
    {
        Test => Accept(new Tested(state.DeliveryRevision, report, now)),
        _ when !report.Succeeded => new Decision.Refuse(new TestFailed(change.Integration, report)),
        Create create => Accept(new Created(create.Settings, now), new Tested(1, report, now), new Enabled(now)),
        Update update => Accept(Updated(state, update, report, now)),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.GetType(), "asks for no test"),
    };

    /// <summary>What is to be kept of a lane's report. One about settings that are no longer in force says nothing.</summary>
    public static ImmutableArray<IIntegrationEvent> Hear(IntegrationState state, DeliveryReport report, DateTimeOffset now)
    {
        if (!state.IsEnabled || report.Revision != state.Revision || ReportThrottle.Decide(state, report, now) is not { } happened) return [];
        return report.Outcome == AttemptOutcome.Gone ? [happened, new Disabled($"disabled because {report.Error}", now)] : [happened];
    }

    /// <summary>What is to be kept of a lane's word that it is through with a replay; null: it was known, or called off.</summary>
    public static IIntegrationEvent? Hear(IntegrationState state, ReplayDone done, DateTimeOffset now) =>
        state.Replay is { } replay && replay.Number == done.Number && replay.Stretches.Any(s => s.Partition == done.Partition)
            ? new ReplayAdvanced(done.Number, done.Partition, now)
            : null;

    public static IntegrationState Apply(IntegrationState state, IIntegrationEvent happened) => happened switch
    {
        Created e => new IntegrationState { Phase = IntegrationPhase.Existing, Settings = e.Settings, Revision = 1, DeliveryRevision = 1 },
        // What went wrong with the old settings says nothing about the new ones, but stays on the list.
        Changed e => state with
        {
            Settings = e.Settings,
            Revision = e.Revision,
            DeliveryRevision = e.DeliveryRevision,
            History = state.History with { FailedAttempts = 0 },
            Hold = e.DeliveryRevision == e.Revision ? null : state.Hold,
        },
        Tested e => state with
        {
            LastTest = new TestResult(e.DeliveryRevision, e.Report, e.At),
            Hold = e.Report.Succeeded && e.DeliveryRevision == state.DeliveryRevision ? null : state.Hold,
        },
        Enabled => state with { IsEnabled = true, DisabledReason = null, Hold = null },
        // What disabled it has shown that the last test is worth nothing any more.
        Disabled e => state with
        {
            IsEnabled = false,
            DisabledReason = e.Reason,
            LastTest = e.Reason is null ? state.LastTest : null,
            History = state.History with { FailedAttempts = 0 },
            Hold = null,
        },
        IntegrationEvents.Deleted => new IntegrationState { Phase = IntegrationPhase.Deleted, Revision = state.Revision },
        DeliveryFailed e => state with { History = Add(state.History, e), Hold = e.Hold ?? state.Hold },
        ReplayStarted e => state with { Replay = new ReplayState(e.Number, e.Stretches, e.MaxRequestsPerSecond, e.At), Replays = e.Number },
        ReplayAdvanced e => state with { Replay = Without(state.Replay!, e.Partition) },
        ReplayStopped => state with { Replay = null },
        DeliveryRecovered => state with { History = state.History with { FailedAttempts = 0 }, Hold = null },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType(), "is not an event of an integration"),
    };

    private static bool NeedsTest(IntegrationState state, Update update) =>
        !update.IsTrusted && (update.Enable ?? (state.IsEnabled && !update.Settings.DeliversLike(state.Settings!)));

    private static ImmutableArray<IIntegrationEvent> Updated(IntegrationState state, Update update, LaneProtocol.TestReport report, DateTimeOffset now)
    {
        var change = ChangeTo(state, update.Settings, now);
        var changed = change.Aggregate(state, Apply);
        return [.. change, new Tested(changed.DeliveryRevision, report, now), .. state.IsEnabled ? (IIntegrationEvent[])[] : [new Enabled(now)]];
    }

    private static ImmutableArray<IIntegrationEvent> ChangeTo(IntegrationState state, IntegrationSettings settings, DateTimeOffset now)
    {
        if (settings.SameAs(state.Settings!)) return [];
        var revision = state.Revision + 1;
        return [new Changed(settings, revision, settings.DeliversLike(state.Settings!) ? state.DeliveryRevision : revision, now)];
    }

    private static ImmutableArray<IIntegrationEvent> Switching(IntegrationState state, bool? enable, DateTimeOffset now) => enable switch
    {
        true => state.IsEnabled ? [] : [new Enabled(now)],
        false => Disabling(state, null, now),
        null => [],
    };

    private static ImmutableArray<IIntegrationEvent> Disabling(IntegrationState state, string? reason, DateTimeOffset now) =>
        state.IsEnabled ? [new Disabled(reason, now)] : [];

    private static ReplayState? Without(ReplayState replay, int partition)
    {
        IReadOnlyList<ReplayStretch> left = [.. replay.Stretches.Where(s => s.Partition != partition)];
        return left.Count == 0 ? null : replay with { Stretches = left };
    }

    private static DeliveryHistory Add(DeliveryHistory history, DeliveryFailed e)
    {
        var recent = history.Since(e.At).Append(new DeliveryError(e.Outcome, e.Error, e.At)).TakeLast(DeliveryHistory.MaxErrors);
        return new DeliveryHistory([.. recent], Math.Max(history.FailedAttempts, e.Attempt));
    }

    private static Decision.Accept Accept(params ImmutableArray<IIntegrationEvent> events) => new(events);

    private static Decision.Refuse Refuse(IChange change, RefusalReason reason) => new(new Refused(change.Integration, reason));
}
