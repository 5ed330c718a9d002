using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using static Webhook.Actors.Integrations.IntegrationMessage;
using static Webhook.Actors.Integrations.IntegrationProtocol;

namespace Webhook.Actors.Integrations;

/// <summary>
/// One integration: keeps its settings, its last test and its errors, decides about changes, and tells its lanes what to do.
/// </summary>
/// <remarks>
/// <code>
///          change                                   certificates claimed, test answered, lanes opened
/// Ready ------------> Working (one change at a time) ------------------------------------------> persist, tell the lanes, answer --> Ready
///                        others are answered Busy;
///                        questions, reports and wake-ups go on
/// </code>
/// <para>New: test if asked to enable → every lane makes its cursor → <c>Created</c> is stored → answer. If the process dies in between, a cursor without an
/// integration may stay behind, never an integration whose events are not kept.</para>
/// <para>Deleted: stored first, then the lanes drop their cursors; they are reminded until they have, after a restart too, then the actor stops.</para>
/// </remarks>
internal sealed class IntegrationActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>Lanes are reminded of a stop until they confirm it.</summary>
    public static readonly TimeSpan ReminderInterval = TimeSpan.FromSeconds(10);

    /// <summary>Beyond a test's own time: the way there and back, name resolution.</summary>
    public static readonly TimeSpan LaneMargin = TimeSpan.FromSeconds(10);

    private readonly IntegrationId _id;
    private readonly IntegrationLanes _lanes;
    private readonly IntegrationCertificates _certificates;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SnapshotSchedule _snapshots;
    private IntegrationState _state = new();
    private Work? _work;
    private bool _isLeaving;

    public IntegrationActor(IntegrationId id, IActorRef lanes, int partitions, IActorRef certificates, TimeProvider time)
    {
        _id = id;
        _lanes = new IntegrationLanes(id, lanes, partitions);
        _certificates = new IntegrationCertificates(id, certificates);
        _time = time;
        _snapshots = new SnapshotSchedule(PersistenceId, Context.GetLogger(), upTo => DeleteMessages(upTo), DeleteSnapshots);
    }

    public override string PersistenceId => $"integration-{_id}";

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="lanes">The lanes' region.</param>
    /// <param name="partitions">Of the event log: as many lanes has each integration.</param>
    /// <param name="certificates">The certificates' singleton, by its proxy.</param>
    public static Props Props(IntegrationId id, IActorRef lanes, int partitions, IActorRef certificates, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new IntegrationActor(id, lanes, partitions, certificates, time));

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: IntegrationState state }:
                _state = state;
                break;
            case IIntegrationEvent happened:
                _state = IntegrationDecisions.Apply(_state, happened);
                break;
            case RecoveryCompleted:
                TellLanes();
                _certificates.Settle(_state.Settings);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case IChange when _work is not null:
                Sender.Tell(new Refused(_id, RefusalReason.Busy));
                break;
            case IChange change:
                _work = new Work(change, Sender);
                Claim(_work, IntegrationDecisions.Decide(_state, change, Now));
                break;
            case CertificatesClaimed claimed when claimed.Work == _work:
                Follow(_work, claimed.Decision);
                break;
            case CertificateIsGone gone when gone.Work == _work:
                Finish(_work, new Refused(_id, RefusalReason.CertificateGone));
                break;
            case CertificatesSilent silent when silent.Work == _work:
                _log.Warning(silent.Cause, "Integration {Integration}: the certificates do not answer; {Change} is refused", _id, _work.Change.GetType().Name);
                Finish(_work, new Refused(_id, RefusalReason.CertificatesSilent));
                break;
            case TestAnswered answered when answered.Work == _work:
                Follow(_work, IntegrationDecisions.AfterTest(_state, _work.Change, answered.Report, Now));
                break;
            case LanesOpened opened when opened.Work == _work:
                Store(_work, opened.Decision);
                break;
            case LanesSilent silent when silent.Work == _work:
                _log.Warning(silent.Cause, "Integration {Integration}: its lanes do not answer; {Change} is refused", _id, _work.Change.GetType().Name);
                if (_work.Change is Create) _lanes.Abandon();
                Finish(_work, new Refused(_id, RefusalReason.LanesSilent));
                break;
            case TimeIsUp when _work is not null:
                _work.GiveUp();
                break;
            case Get:
                Sender.Tell(Describe());
                if (_state.Phase != IntegrationPhase.Existing) LeaveIfDone();
                break;
            case Wake:
                WakeUp();
                break;
            case DeliveryReport report:
                Hear(report);
                break;
            case ReplayDone done:
                if (IntegrationDecisions.Hear(_state, done, Now) is { } advanced) Persist(advanced, KeepAndTell);
                break;
            case LaneProtocol.Stopped stopped:
                if (_lanes.Confirm(stopped.Lane)) AllStopped();
                break;
            case CertificateUse.UsesKept kept:
                _certificates.Confirm(kept.Number);
                break;
            case Leave:
                // A Create may have overtaken the wish to leave; dying now would leave it without an answer.
                _isLeaving = true;
                if (_work is null) Context.Stop(Self);
                break;
            case RemindLanes:
                _lanes.Remind();
                break;
            case CertificatesClaimed or CertificateIsGone or CertificatesSilent or TestAnswered or LanesOpened or LanesSilent or TimeIsUp:
                // Of work that is over.
                break;
            default:
                if (!_snapshots.Handle(message)) Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _work?.GiveUp();
        base.PostStop();
    }

    /// <summary>The journal refused: what was to be stored did not happen, and whoever asked must not wait for it in a Busy actor.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private void Claim(Work work, Decision decision)
    {
        if (decision is Decision.Refuse || IntegrationCertificates.NewIn(work.Change, _state.Settings) is not [_, ..] wanted)
        {
            Follow(work, decision);
            return;
        }

        AwaitAnswers(LaneMargin);
        _certificates.ClaimAsync(wanted, work.Patience).PipeTo(
            Self,
            success: reply => reply is CertificateUse.Claimed ? new CertificatesClaimed(work, decision) : new CertificateIsGone(work),
            failure: e => new CertificatesSilent(work, e));
    }

    private void Follow(Work work, Decision decision)
    {
        switch (decision)
        {
            case Decision.Refuse refused:
                Finish(work, refused.Reply);
                break;
            case Decision.TestFirst test:
                AwaitAnswers(TimeSpan.FromMilliseconds(test.Settings.Delivery.TimeoutMs) + LaneMargin);
                _lanes.TestAsync(test.Settings, work.Patience)
                    .PipeTo(Self, success: report => new TestAnswered(work, report), failure: e => new LanesSilent(work, e));
                break;
            case Decision.Accept accepted when work.Change is Create:
                AwaitAnswers(LaneMargin);
                _lanes.OpenAsync(work.Patience)
                    .PipeTo(Self, success: () => new LanesOpened(work, accepted), failure: e => new LanesSilent(work, e));
                break;
            case Decision.Accept accepted:
                Store(work, accepted);
                break;
        }
    }

    // An Ask's own time limit runs on the machine's clock, this one on the scheduler's.
    private void AwaitAnswers(TimeSpan atMost) => Timers.StartSingleTimer(TimeIsUp.Instance, TimeIsUp.Instance, atMost);

    private void Store(Work work, Decision.Accept decision)
    {
        if (decision.Events is not [.., var last])
        {
            Answer(work);
            return;
        }

        var wasHeld = _state.Hold is not null;
        PersistAll(decision.Events, happened =>
        {
            Apply(happened);
            if (!ReferenceEquals(happened, last)) return;
            if (work.Change is not IntegrationProtocol.Test) TellLanes();
            else if (wasHeld && _state is { IsEnabled: true, Hold: null }) _lanes.Resume();
            Answer(work);
        });
    }

    private void KeepAndTell(IIntegrationEvent happened)
    {
        Apply(happened);
        TellLanes();
    }

    private void Hear(DeliveryReport report)
    {
        var happened = IntegrationDecisions.Hear(_state, report, Now);
        PersistAll(happened, kept =>
        {
            Apply(kept);
            // Other lanes hold back too; or all stop.
            if (ReferenceEquals(kept, happened[^1]) && (!_state.IsEnabled || kept is IntegrationEvents.DeliveryFailed { Hold: not null })) TellLanes();
        });
    }

    private void Answer(Work work) => Finish(work, work.Change switch
    {
        IntegrationProtocol.Test => new TestDone(_id, _state.LastTest!.Report),
        Delete => new Deleted(_id),
        _ => Describe(),
    });

    private void Finish(Work work, IReply reply)
    {
        Timers.Cancel(TimeIsUp.Instance);
        work.Dispose();
        _work = null;
        _certificates.Settle(_state.Settings);
        work.Requester.Tell(reply);
        if (_isLeaving) Context.Stop(Self);
        else if (_state.Phase != IntegrationPhase.Existing) LeaveIfDone();
    }

    private void Apply(IIntegrationEvent happened)
    {
        _state = IntegrationDecisions.Apply(_state, happened);
        if (_snapshots.Count()) SaveSnapshot(_state);
    }

    private IReply Describe() => _state is { Phase: IntegrationPhase.Existing, Settings: { } settings }
        ? new Current(
            _id, settings, _state.Revision, _state.IsEnabled, _state.IsTested, ConnectionStates.Of(_state, Now), _state.Hold, _state.DisabledReason, _state.LastTest,
            [.. _state.History.Since(Now)], _state.Replay)
        : new NotFound(_id);

    private void WakeUp()
    {
        if (_state.IsEnabled) TellLanes();
        if (_work is null) _certificates.Remind();
        if (_state.Phase == IntegrationPhase.Existing || _work is not null) return;
        Sender.Tell(new NotFound(_id));
        LeaveIfDone();
    }

    /// <summary>Lanes take a repeated Run or Stop for what it is, so that this may be called at any time.</summary>
    private void TellLanes()
    {
        if (_state.Phase == IntegrationPhase.Absent) return;
        if (_state.IsEnabled)
        {
            Timers.Cancel(RemindLanes.Instance);
            _lanes.Run(_state);
            return;
        }

        _lanes.Stop(remove: _state.Phase == IntegrationPhase.Deleted);
        Timers.StartPeriodicTimer(RemindLanes.Instance, RemindLanes.Instance, ReminderInterval);
    }

    private void AllStopped()
    {
        Timers.Cancel(RemindLanes.Instance);
        if (_state.Phase == IntegrationPhase.Deleted) LeaveIfDone();
    }

    /// <summary>One that does not exist needs no actor, once its lanes are gone; asked again, it comes back to say so.</summary>
    private void LeaveIfDone()
    {
        if (_lanes.AreQuiet && _work is null) Context.Parent.Tell(new Passivate(Leave.Instance));
    }
}
