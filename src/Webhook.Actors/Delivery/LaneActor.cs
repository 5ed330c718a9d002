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
    private readonly CursorSaver _cursor;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ActorMaterializer _materializer = Context.Materializer();
    private readonly CancellationTokenSource _stopped = new();

    private LaneGoal _goal = LaneGoal.Nothing;
    private LanePhase _phase;
    private LaneRun? _run;
    private long? _revision;
    private int _start;
    private int _failures;
    private readonly HashSet<IActorRef> _awaitStopped = [];

    public LaneActor(LaneId id, LaneServices services, IActorRef reports)
    {
        _id = id;
        _services = services;
        _reports = reports;
        _cursor = new CursorSaver(services.Cursors, new CursorKey(id.Integration.Value, id.Partition));
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
                Pursue();
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
                LaneQueries.ProgressAsync(_id, _services, _run is not null, _run?.Tracker.Cursor, _run?.Gauge.InFlight ?? 0, _stopped.Token).PipeTo(Sender);
                break;
            case LaneProtocol.Test test:
                EndpointTest.RunAsync(_id, test.Settings, _services.Sending, _stopped.Token).PipeTo(Sender);
                break;
            case HttpSinkProtocol.Taken taken when Sender.Equals(_run?.Sink):
                _run.Gauge.Taken(taken.Range.From, taken.StoredAtNanoseconds);
                break;
            case HttpSinkProtocol.Left left when Sender.Equals(_run?.Sink):
                Advance(_run, left);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_run?.Sink):
                _run.IsOver = true;
                Settle(_run);
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
                Save(_run);
                break;
            case CursorSaved saved:
                Saved(saved);
                break;
            case CursorDeleted deleted:
                Removed(deleted);
                break;
            case Tick.GiveUp when _run is not null:
                _log.Info("Lane {Lane}: what is still in flight is given up now and will be sent again", _id);
                Context.Stop(_run.Sink);
                break;
            case CursorLoaded or CursorNotLoaded or HttpSinkProtocol.Taken or HttpSinkProtocol.Left or Tick:
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
                AwaitSink(TimeSpan.FromMilliseconds(_run.Command.Settings.Delivery.TimeoutMs));
                break;
            case LaneStep.Reset:
                Timers.Cancel(Tick.StartAgain.Instance);
                _phase = LanePhase.Idle;
                Pursue();
                break;
            case LaneStep.Remove:
                _phase = LanePhase.Removing;
                _cursor.DeleteAsync(_stopped.Token)
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
        _cursor.LoadAsync(_stopped.Token).PipeTo(Self, success: cursor => new CursorLoaded(start, cursor), failure: e => new CursorNotLoaded(start, e));
    }

    private void Begin(LaneProtocol.Run command, long? stored)
    {
        var (from, warning) = LaneStart.Decide(stored, _services.Log.Bounds(_id.Partition));
        if (warning is not null) _log.Warning("Lane {Lane}: {Warning}", _id, warning);
        var sink = Context.ActorOf(HttpSinkActor.Props(_id, command.Settings, _services.Sending, _reports), $"sink-{_start}");
        Context.Watch(sink);
        _run = LaneRun.Start(command, from, _services, _materializer, sink);
        _revision = command.Revision;
        _cursor.Loaded(stored);
        _phase = LanePhase.Running;
        Save(_run);
    }

    private void Advance(LaneRun run, HttpSinkProtocol.Left left)
    {
        var moved = left.IsDelivered && run.Tracker.Finish(left.Range);
        run.Gauge.Left(left.Range.From, run.Tracker.Cursor);
        if (left is { IsDelivered: true, Events: > 0 }) _failures = 0;
        if (moved && !_cursor.IsSaving && !Timers.IsTimerActive(Tick.SaveCursor.Instance))
            After(SaveInterval, Tick.SaveCursor.Instance);
    }

    private void AwaitSink(TimeSpan atMost)
    {
        _phase = LanePhase.Stopping;
        After(atMost, Tick.GiveUp.Instance);
    }

    // The sink is gone. Comes here again when a cursor is saved.
    private void Settle(LaneRun run)
    {
        Timers.Cancel(Tick.GiveUp.Instance);
        Timers.Cancel(Tick.SaveCursor.Instance);
        Save(run);
        if (_cursor.IsSaving) return;

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
        var pause = RetrySchedule.Delay(++_failures, null, Random.Shared.NextDouble());
        _log.Warning("Lane {Lane} starts again in {Pause} s: {Reason}", _id, pause.TotalSeconds, reason);
        _phase = LanePhase.Backoff;
        After(pause, Tick.StartAgain.Instance);
        Pursue();
    }

    private void Save(LaneRun run)
    {
        var cursor = run.Tracker.Cursor;
        if (!_cursor.IsDue(cursor)) return;
        _cursor.SaveAsync(cursor, _stopped.Token)
            .PipeTo(Self, success: () => new CursorSaved(cursor, null), failure: e => new CursorSaved(cursor, e));
    }

    private void Saved(CursorSaved saved)
    {
        _cursor.Saved();
        if (saved.Cause is { } cause) _log.Warning(cause, "Lane {Lane}: its cursor {Cursor} could not be saved", _id, saved.Cursor);
        if (_run is { IsOver: true }) Settle(_run);
        else if (_run is not null && _cursor.IsDue(_run.Tracker.Cursor))
            After(SaveInterval, Tick.SaveCursor.Instance);
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
