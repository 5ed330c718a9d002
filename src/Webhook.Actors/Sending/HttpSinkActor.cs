using Akka.Actor;
using Akka.Event;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Sending.HttpSinkProtocol;

namespace Webhook.Actors.Sending;

/// <summary>
/// Sends the batches of one run of a lane. It acknowledges to the stream while its window and its memory have room and withholds the acknowledgement until a
/// request completes: that is the whole backpressure, and a slow or dead receiver holds back its own stream only.
/// </summary>
/// <remarks>
/// <code>
/// Sending --Drain-->  Draining  (each batch once, none after a failure)  --+
/// Sending --Retire--> Retiring  (nothing new)                              +--stream ended, nothing in flight--> stopped
/// Sending -----------------------------------------------------------------+
/// </code>
/// While the integration is paused or inhibited the batches in flight wait in the gate, and so does the stream; of an inhibited one a few batches are taken, to be its probe in turn.
/// Failed attempts are answers, never exceptions. One that throws is a bug: the actor stops, its stream ends with it, and the lane starts both again from the
/// cursor. An actor is never restarted, so an answer that comes too late finds nobody.
/// </remarks>
internal sealed class HttpSinkActor : UntypedActor
{
    private readonly LaneId _lane;
    private readonly long _revision;
    private readonly TimeProvider _time;
    private readonly IDeliveryLedger _ledger;
    private readonly IActorRef _reports;
    private readonly DeliveryGate _gate;
    private readonly BatchDelivery _delivery;
    private readonly long _maxBytes;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _noRetries = new();
    private readonly CancellationTokenSource _abort = new();

    private int _inFlight;
    private long _bytes;
    private IActorRef? _unacknowledged;
    private bool _isDraining;
    private bool _sendsNothing;
    private bool _hasStreamEnded;

    // The integration hears of the first success of a run too: it may know of failures of the run before.
    private bool _hasNewsOfSuccess = true;

    public HttpSinkActor(LaneProtocol.Run command, SendingServices services, IDeliveryLedger ledger, IActorRef reports)
    {
        var settings = command.Settings;
        _lane = command.Lane;
        _revision = command.Revision;
        _time = services.Time;
        _ledger = ledger;
        _reports = reports;
        _maxBytes = services.Limits.MaxBytesInFlight;
        var window = SendWindow.For(settings.Delivery, services.Time);
        _gate = new DeliveryGate(window, services.Limits, services.Time);
        if (command.Hold is { } hold) _gate.Adopt(hold, isStart: true);
        _delivery = new BatchDelivery(settings, services, ledger, _gate, window.Maximum, Random.Shared.NextDouble);
    }

    /// <param name="command">Whose batches these are, with which settings, and what held the integration back when it was last seen.</param>
    /// <param name="reports">Gets <see cref="DeliveryReport"/>s: the integrations' region.</param>
    public static Props Props(LaneProtocol.Run command, SendingServices services, IDeliveryLedger ledger, IActorRef reports) =>
        Akka.Actor.Props.Create(() => new HttpSinkActor(command, services, ledger, reports));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Batch batch:
                Take(batch);
                break;
            case Sent sent:
                Finish(sent);
                break;
            case FailedAttempt failure:
                Report(failure);
                break;
            case StreamStarted:
                // A stream whose actor dies says nothing.
                Context.Watch(Sender);
                Sender.Tell(Ack.Instance);
                break;
            case StreamEnded ended:
                EndStream(ended.Cause);
                break;
            case Terminated when !_hasStreamEnded:
                _noRetries.Cancel();
                EndStream(null);
                break;
            case Terminated:
                break;
            case Held held:
                _gate.Adopt(held.Hold, isStart: false);
                AcknowledgeIfRoom();
                break;
            case Resume:
                _gate.Lift();
                break;
            case Drain:
                _isDraining = true;
                _noRetries.Cancel();
                break;
            case Retire:
                _sendsNothing = true;
                _noRetries.Cancel();
                break;
            case Status.Failure bug:
                throw new InvalidOperationException($"A delivery of lane {_lane} threw instead of answering.", bug.Cause);
            default:
                Unhandled(message);
                break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void PostStop()
    {
        // Deliveries under way give their bodies back themselves; the tokens are theirs as long as they run.
        _noRetries.Cancel();
        _abort.Cancel();
        _delivery.Dispose();
        _gate.Dispose();
    }

    private void Take(Batch batch)
    {
        var opened = _sendsNothing ? ValueTask.CompletedTask : _ledger.OpenAsync(batch);
        if (batch.Events == 0 || _sendsNothing)
        {
            if (!_sendsNothing) _ledger.Finish(batch);
            Context.Parent.Tell(new Left(batch.Covers, batch.Events, IsFinished: batch.Events == 0));
            batch.Dispose();
            Sender.Tell(Ack.Instance);
            return;
        }

        _inFlight++;
        _bytes += batch.Length;
        Context.Parent.Tell(new Taken(batch.Covers, batch.StoredAtNanoseconds, batch.EventsBefore, _gate.WindowSize));
        SendAsync(batch, opened, Self).PipeTo(Self);
        _unacknowledged = Sender;
        AcknowledgeIfRoom();
    }

    // Encoding and signing are work for milliseconds: not on the actor's turn.
    private Task<Sent> SendAsync(Batch batch, ValueTask opened, IActorRef self)
    {
        var (covers, events, bytes) = (batch.Covers, batch.Events, batch.Length);
        return Task.Run(async () =>
        {
            var end = await _delivery.SendAsync(batch, opened, failure => self.Tell(failure), _noRetries.Token, _abort.Token).ConfigureAwait(false);
            return new Sent(covers, events, bytes, end);
        });
    }

    private void Finish(Sent sent)
    {
        _inFlight--;
        _bytes -= sent.Bytes;
        if (!sent.End.IsFinished && _isDraining) _sendsNothing = true;
        if (sent.End.IsFinished && _hasNewsOfSuccess)
        {
            _hasNewsOfSuccess = false;
            _reports.Tell(new DeliveryReport(_lane.Integration, _revision, AttemptOutcome.Delivered, sent.End.Attempts, null, null, _time.GetUtcNow()));
        }

        Context.Parent.Tell(new Left(sent.Range, sent.Events, sent.End.IsFinished));
        AcknowledgeIfRoom();
        StopWhenDone();
    }

    private void AcknowledgeIfRoom()
    {
        if (_unacknowledged is not { } stream || _bytes >= _maxBytes || !_gate.HasRoom(_inFlight)) return;
        stream.Tell(Ack.Instance);
        _unacknowledged = null;
    }

    private void Report(FailedAttempt failure)
    {
        var (batch, events, result, attempt, hold) = failure;
        _hasNewsOfSuccess = true;
        _log.Log(OutcomeRule.Of(result.Outcome).Level, null,
            "Integration {Integration}: batch {Batch} of {Events} events failed at attempt {Attempt}: {Reason}",
            _lane.Integration, batch, events, attempt, result.Error);
        _reports.Tell(new DeliveryReport(_lane.Integration, _revision, result.Outcome, attempt, result.StatusCode, result.Error, _time.GetUtcNow(), hold));
        AcknowledgeIfRoom();
    }

    // A stream that ended by itself at the end of what it had to read leaves the deliveries their time; whoever wants less of it says so beforehand.
    private void EndStream(Exception? cause)
    {
        if (cause is not null)
        {
            _log.Error(cause, "The stream of lane {Lane} failed", _lane);
            _noRetries.Cancel();
        }

        _hasStreamEnded = true;
        StopWhenDone();
    }

    private void StopWhenDone()
    {
        if (_hasStreamEnded && _inFlight == 0) Context.Stop(Self);
    }

    private sealed record Sent(SequenceRange Range, int Events, int Bytes, DeliveryEnd End) : ILocal;
}
