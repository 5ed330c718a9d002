using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Sends a stretch of the log once more, beside the live delivery of its lane: with a stream, a sink and a cursor of its own, one request at a time and at most so many a
/// second. Failures hold back the replay alone.
/// </summary>
/// <remarks>
/// <code>
/// Loading --cursor--> Running --sink died--> Closing --all done--> stopped, and the integration told
///    ^                                          |
///    +--------------a pause---------------------+
/// </code>
/// The lane stops it when it stops itself, or when the replay is called off: what was cut is durable, so that what is sent again has the identity that it had.
/// </remarks>
internal sealed class ReplayActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(100);

    private readonly LaneId _lane;
    private readonly LaneProtocol.Replay _replay;
    private readonly LaneProtocol.Run _command;
    private readonly CursorKey _key;
    private readonly LaneServices _services;
    private readonly IActorRef _reports;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ActorMaterializer _materializer = Context.Materializer();
    private readonly CancellationTokenSource _stopped = new();
    private LaneRun? _run;
    private int _runs;

    public ReplayActor(LaneProtocol.Run command, LaneServices services, IActorRef reports)
    {
        _lane = command.Lane;
        _replay = command.Replay!;
        _key = new CursorKey(_lane.Integration.Value, _lane.Partition, _replay.Number);
        _services = services;
        _reports = reports;
        var delivery = command.Settings.Delivery;
        var rate = Math.Min(_replay.MaxRequestsPerSecond, delivery.MaxRequestsPerSecond ?? double.MaxValue);
        _command = command with { Hold = null, Settings = command.Settings with { Delivery = delivery with { MaxConcurrency = 1, MaxRequestsPerSecond = rate } } };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="command">With a replay.</param>
    /// <param name="reports">Hears when it is done: the integrations' region.</param>
    public static Props Props(LaneProtocol.Run command, LaneServices services, IActorRef reports) =>
        Akka.Actor.Props.Create(() => new ReplayActor(command, services, reports));

    protected override void PreStart() => Load();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CursorLoaded loaded:
                Begin(loaded.Cursor ?? Cursor.At(_replay.From));
                break;
            case CursorMoved when _run is not null:
                if (!Timers.IsTimerActive(Tick.SaveCursor.Instance)) Timers.StartSingleTimer(Tick.SaveCursor.Instance, Tick.SaveCursor.Instance, SaveInterval);
                break;
            case Tick.SaveCursor when _run is not null:
                _run.Ledger.SaveAsync(_stopped.Token).AsTask().PipeTo(Self, success: static () => new CursorSaved(null), failure: static e => new CursorSaved(e));
                break;
            case Terminated when _run is { } run:
                run.Ledger.CloseAsync(_stopped.Token).AsTask().PipeTo(Self, success: () => new RunClosed(run, null), failure: e => new RunClosed(run, e));
                break;
            case RunClosed closed when closed.Run.Ledger.Cursor >= _replay.To:
                _log.Info("Integration {Integration}: replay {Replay} of partition {Partition} is done", _lane.Integration, _replay.Number, _lane.Partition);
                _reports.Tell(new ReplayDone(_lane.Integration, _lane.Partition, _replay.Number));
                _run = null;
                break;
            case CursorNotLoaded or RunClosed:
                _run = null;
                Timers.StartSingleTimer(Tick.StartAgain.Instance, Tick.StartAgain.Instance, RetrySchedule.Delay(2, Random.Shared.NextDouble()));
                break;
            case Tick.StartAgain:
                Load();
                break;
            case CursorSaved or CursorMoved or Tick or HttpSinkProtocol.Taken or HttpSinkProtocol.Left:
                // The cursor is saved with the next move; what is in flight is nobody's business here.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void PostStop() => _stopped.Cancel();

    private void Load() => _services.Cursors.LoadAsync(_key, _stopped.Token).AsTask()
        .PipeTo(Self, success: static cursor => new CursorLoaded(0, cursor), failure: static e => new CursorNotLoaded(0, e));

    private void Begin(Cursor from)
    {
        var (self, settings) = (Self, _command.Settings);
        var refused = new RefusedEvents(_lane, _services.Log, _services.DeadLetters, _services.Sending, _log);
        var ledger = new LaneLedger(_lane, _replay.Number, from, _services.Cursors, refused, _services.Attempts, () => self.Tell(CursorMoved.Instance), _log);
        var sink = Context.ActorOf(HttpSinkActor.Props(_command, _services.Sending, ledger, ActorRefs.Nobody), $"sink-{++_runs}");
        Context.Watch(sink);
        var suffix = FormattableString.Invariant($"-replay-{_replay.Number}");
        _run = LaneRun.Start(
            _lane, settings, () => new BatchBuilder(_lane, settings, from, BatchKind.Replay, suffix), new SequenceRange(from.Sequence, _replay.To), ledger, _services,
            _materializer, sink);
    }
}
