using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Delivers one integration's events of one partition: keeps a stream running from the cursor on, with the newest settings it was told, and saves the cursor.
/// </summary>
/// <remarks>
/// <code>
///        Run                cursor loaded            Stop, Remove, Leave, newer Run
/// Idle --------> Starting ----------------> Running --------------------------------> Stopping
///  ^ ^             |  ^ |                      |                                          |
///  | |   not loaded|  | | Stop, ...            | sink died                                | sink gone, cursor saved
///  | |             v  | +------> Idle         v                                          |
///  | |           Backoff &lt;-------------------+                                          |
///  | +--- Stop, ..., newer Run                                                            |
///  +--------------------------------------------------------------------------------------+
/// </code>
/// <para>Messages say what is wanted; <see cref="Pursue"/> takes the next step towards it from where the lane stands. In Idle that is, in this order: answer who
/// waits for the stop, drop the cursor, leave, or start again.</para>
/// <para>A run ends when its sink does: the sink is told of the stream's end, and the stream ends with the sink. An end nobody asked for is a failure; after a
/// pause the next run starts from the low-water cursor.</para>
/// </remarks>
internal sealed class LaneActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(100);

    private readonly LaneId _id;
    private readonly LaneServices _services;
    private readonly IActorRef _reports;
    private readonly CursorKey _key;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ActorMaterializer _materializer = Context.Materializer();
    private readonly CancellationTokenSource _stopped = new();

    private readonly LaneExtras _extras;

    private LaneGoal _goal = LaneGoal.Nothing;
    private LanePhase _phase;
    private LaneRun? _run;
    private LaneGauge? _gauge;
    private TimeSpan _attemptTime;
    private long? _revision;
    private int _start;
    private int _failures;
    private readonly HashSet<IActorRef> _awaitStopped = [];

    public LaneActor(LaneId id, LaneServices services, IActorRef reports)
    {
        _id = id;
        _services = services;
        _reports = reports;
        _key = new CursorKey(id.Integration.Value, id.Partition);
        _extras = new LaneExtras(Context, services, reports);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="reports">Gets <see cref="DeliveryReport"/>s: the integrations' region.</param>
    public static Props Props(LaneId id, LaneServices services, IActorRef reports) =>
        Akka.Actor.Props.Create(() => new LaneActor(id, services, reports));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LaneProtocol.Run run:
                _goal = _goal.With(run);
                if (run.Hold is { } hold) _run?.Sink.Tell(new HttpSinkProtocol.Held(hold));
                Pursue();
                if (_phase == LanePhase.Running) FollowReplay(_goal.Run!);
                break;
            case LaneProtocol.Redeliver redeliver:
                Sender.Tell(_extras.Redeliver(redeliver, _phase == LanePhase.Running ? _goal.Run : null));
                break;
            case LaneProtocol.PlanReplay plan:
                LaneQueries.PlanReplayAsync(plan, _services, _run?.Ledger.Cursor, _stopped.Token).PipeTo(Sender);
                break;
            case LaneProtocol.Resume:
                _run?.Sink.Tell(HttpSinkProtocol.Resume.Instance);
                break;
            case LaneProtocol.Stop or LaneProtocol.Remove:
                _goal = _goal.With((LaneProtocol.ILaneCommand)message);
                _awaitStopped.Add(Sender);
                Pursue();
                break;
            case LaneHandOff:
                _goal = _goal.Leaving();
                Pursue();
                break;
            case LaneProtocol.Open:
                LaneQueries.OpenAsync(_id, _services, _stopped.Token).PipeTo(Sender);
                break;
            case LaneProtocol.GetProgress:
                LaneQueries.ProgressAsync(_id, _services, _run?.Ledger.Cursor, _gauge?.InFlight ?? 0, _goal.Run?.Replay, _stopped.Token).PipeTo(Sender);
                break;
            case LaneProtocol.Test test:
                EndpointTest.RunAsync(_id, test.Settings, _services.Sending, attempt => _services.Attempts.Add(_id.Integration, attempt), _stopped.Token).PipeTo(Sender);
                break;
            case HttpSinkProtocol.Taken taken when Sender.Equals(_run?.Sink):
                _gauge!.Taken(taken.Range.From, taken.StoredAtNanoseconds, taken.EventsBefore, taken.Window);
                break;
            case HttpSinkProtocol.Left left when Sender.Equals(_run?.Sink):
                Advance(_run, left);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_run?.Sink):
                Close(_run);
                break;
            case Terminated terminated when _extras.Ended(terminated.ActorRef):
                break;
            case RunClosed closed when closed.Run == _run:
                Settle(closed);
                break;
            case CursorMoved when _run is not null:
                if (!Timers.IsTimerActive(Tick.SaveCursor.Instance)) After(SaveInterval, Tick.SaveCursor.Instance);
                break;
            case CursorLoaded loaded when loaded.Start == _start && _phase == LanePhase.Starting:
                Begin(_goal.Run!, loaded.Cursor);
                break;
            case CursorNotLoaded failure when failure.Start == _start && _phase == LanePhase.Starting:
                BackOff($"its cursor could not be loaded: {failure.Cause.Message}");
                break;
            case Tick.StartAgain:
                Start();
                break;
            case Tick.SaveCursor when _run is not null:
                SaveAsync(_run.Ledger.SaveAsync).PipeTo(Self, success: static e => new CursorSaved(e));
                break;
            case CursorSaved saved:
                if (saved.Cause is not null) _log.Warning(saved.Cause, "Lane {Lane}: its cursor could not be saved", _id);
                break;
            case CursorDeleted deleted:
                Removed(deleted);
                break;
            case Tick.GiveUp when _run is not null:
                _log.Info("Lane {Lane}: what is still in flight is given up now and will be sent again", _id);
                Context.Stop(_run.Sink);
                break;
            case CursorLoaded or CursorNotLoaded or CursorMoved or RunClosed or HttpSinkProtocol.Taken or HttpSinkProtocol.Left or Tick:
                // Of a run or a start that is over.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _services.Gauges.Remove(_id);
    }

    private void Pursue()
    {
        switch (_goal.Next(_phase, _revision))
        {
            case LaneStep.Drain:
                _run!.Drain();
                AwaitSink(_services.DrainTimeout);
                break;
            case LaneStep.Retire:
                _run!.Retire();
                // Nothing under way outlives its own attempt's time.
                AwaitSink(_attemptTime);
                break;
            case LaneStep.Reset:
                Timers.Cancel(Tick.StartAgain.Instance);
                _phase = LanePhase.Idle;
                Pursue();
                break;
            case LaneStep.Remove:
                _phase = LanePhase.Removing;
                LaneQueries.RemoveAsync(_id, _services, _stopped.Token)
                    .PipeTo(Self, success: static () => new CursorDeleted(null), failure: static e => new CursorDeleted(e));
                break;
            case LaneStep.Leave:
                AnswerStopped();
                Context.Stop(Self);
                break;
            case LaneStep.Start:
                AnswerStopped();
                Start();
                break;
            case LaneStep.Rest:
                AnswerStopped();
                break;
        }
    }

    private void Start()
    {
        _phase = LanePhase.Starting;
        _revision = _goal.Run!.Revision;
        var start = ++_start;
        _services.Cursors.LoadAsync(_key, _stopped.Token).AsTask().PipeTo(Self, success: cursor => new CursorLoaded(start, cursor), failure: e => new CursorNotLoaded(start, e));
    }

    private void Begin(LaneProtocol.Run command, Cursor? stored)
    {
        var (from, warning) = LaneStart.Decide(stored, _services.Log.Bounds(_id.Partition));
        if (warning is not null) _log.Warning("Lane {Lane}: {Warning}", _id, warning);
        var (self, settings) = (Self, command.Settings);
        var refused = new RefusedEvents(_id, _services.Log, _services.DeadLetters, _services.Sending, _log);
        var ledger = new LaneLedger(_id, 0, from, _services.Cursors, refused, _services.Attempts, () => self.Tell(CursorMoved.Instance), _log);
        var sink = Context.ActorOf(HttpSinkActor.Props(command, _services.Sending, ledger, _reports), $"sink-{_start}");
        Context.Watch(sink);
        var stretch = new SequenceRange(from.Sequence, long.MaxValue);
        _run = LaneRun.Start(_id, settings, () => new BatchBuilder(_id, settings, from), stretch, ledger, _services, _materializer, sink);
        _gauge = _services.Gauges.Add(_id, from.Sequence);
        _revision = command.Revision;
        _attemptTime = TimeSpan.FromMilliseconds(settings.Delivery.TimeoutMs);
        _phase = LanePhase.Running;
        FollowReplay(command);
    }

    // Cursors of replays that were called off or are done would hold on to events.
    private void FollowReplay(LaneProtocol.Run command)
    {
        _extras.Follow(command);
        LaneQueries.DropReplaysAsync(_id, command.Replay?.Number ?? 0, _services, _stopped.Token)
            .PipeTo(Self, success: static () => new CursorSaved(null), failure: static e => new CursorSaved(e));
    }

    private void Advance(LaneRun run, HttpSinkProtocol.Left left)
    {
        _gauge!.Left(left.Range.From, run.Ledger.Cursor);
        if (left is { IsFinished: true, Events: > 0 }) _failures = 0;
    }

    private void AwaitSink(TimeSpan atMost)
    {
        _extras.Follow(null);
        _phase = LanePhase.Stopping;
        After(atMost, Tick.GiveUp.Instance);
    }

    // The sink is gone: what it did is saved before anything else begins.
    private void Close(LaneRun run)
    {
        Timers.Cancel(Tick.GiveUp.Instance);
        Timers.Cancel(Tick.SaveCursor.Instance);
        _extras.Follow(null);
        SaveAsync(run.Ledger.CloseAsync).PipeTo(Self, success: e => new RunClosed(run, e));
    }

    private void Settle(RunClosed closed)
    {
        if (closed.Cause is not null) _log.Warning(closed.Cause, "Lane {Lane}: its cursor could not be saved; what it sent last will be sent again", _id);
        _run = null;
        _services.Gauges.Remove(_id);
        if (_phase == LanePhase.Running)
        {
            BackOff("its stream ended by itself");
            return;
        }

        _phase = LanePhase.Idle;
        Pursue();
    }

    private void BackOff(string reason)
    {
        var pause = RetrySchedule.Delay(++_failures, Random.Shared.NextDouble());
        _log.Warning("Lane {Lane} starts again in {Pause} s: {Reason}", _id, pause.TotalSeconds, reason);
        _phase = LanePhase.Backoff;
        After(pause, Tick.StartAgain.Instance);
        Pursue();
    }

    private async Task<Exception?> SaveAsync(Func<CancellationToken, ValueTask> save)
    {
        try
        {
            await save(_stopped.Token).ConfigureAwait(false);
            return null;
        }
        catch (EventLogException e)
        {
            return e;
        }
    }

    private void Removed(CursorDeleted deleted)
    {
        _phase = LanePhase.Idle;
        if (deleted.Cause is { } cause)
        {
            // No answer: who asked will ask again.
            _log.Warning(cause, "Lane {Lane}: its cursor could not be deleted", _id);
            _awaitStopped.Clear();
            return;
        }

        AnswerStopped();
        Context.Stop(Self);
    }

    private void After(TimeSpan time, Tick tick) => Timers.StartSingleTimer(tick, tick, time);

    private void AnswerStopped()
    {
        foreach (var waiting in _awaitStopped) waiting.Tell(new LaneProtocol.Stopped(_id));
        _awaitStopped.Clear();
    }
}
