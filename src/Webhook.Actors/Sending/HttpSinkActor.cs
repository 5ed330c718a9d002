using Akka.Actor;
using Akka.Event;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Sending.HttpSinkProtocol;

namespace Webhook.Actors.Sending;

/// <summary>
/// Sends the batches of one run of a lane. It acknowledges to the stream while its window has room and withholds the acknowledgement until a request
/// completes: that is the whole backpressure, and a slow or dead receiver holds back its own stream only.
/// </summary>
/// <remarks>
/// <code>
/// Sending --Drain-->  Draining  (each batch once, none after a failure)  --+
/// Sending --Retire--> Retiring  (nothing new)                              +--stream ended, nothing in flight--> stopped
/// Sending -----------------------------------------------------------------+
/// </code>
/// Failed attempts are answers, never exceptions. One that throws is a bug: the actor stops, its stream ends with it, and the lane starts both again from the
/// cursor. An actor is never restarted, so an answer that comes too late finds nobody.
/// </remarks>
internal sealed class HttpSinkActor : UntypedActor
{
    private readonly LaneId _lane;
    private readonly TimeProvider _time;
    private readonly IActorRef _reports;
    private readonly SendWindow _window;
    private readonly BatchDelivery _delivery;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _noRetries = new();
    private readonly CancellationTokenSource _abort = new();

    private int _inFlight;
    private IActorRef? _unacknowledged;
    private bool _isDraining;
    private bool _sendsNothing;
    private bool _hasStreamEnded;

    // The integration hears of the first success of a run too: it may know of failures of the run before.
    private bool _hasNewsOfSuccess = true;

    public HttpSinkActor(LaneId lane, IntegrationSettings settings, SendingServices services, IActorRef reports)
    {
        _lane = lane;
        _time = services.Time;
        _reports = reports;
        _window = SendWindow.For(settings.Delivery);
        _delivery = new BatchDelivery(settings, services, _window, Random.Shared.NextDouble);
    }

    /// <param name="reports">Gets <see cref="DeliveryReport"/>s: the integrations' region.</param>
    public static Props Props(LaneId lane, IntegrationSettings settings, SendingServices services, IActorRef reports) =>
        Akka.Actor.Props.Create(() => new HttpSinkActor(lane, settings, services, reports));

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
            case AttemptFailed failure:
                Report(failure);
                break;
            case StreamStarted:
                // A stream whose actor dies says nothing.
                Context.Watch(Sender);
                Sender.Tell(Ack.Instance);
                break;
            case StreamEnded ended:
                if (ended.Cause is not null) _log.Error(ended.Cause, "The stream of lane {Lane} failed", _lane);
                EndStream();
                break;
            case Terminated:
                EndStream();
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
    }

    private void Take(Batch batch)
    {
        if (batch.Events == 0 || _sendsNothing)
        {
            Context.Parent.Tell(new Left(batch.Covers, batch.Events, IsDelivered: batch.Events == 0));
            batch.Dispose();
            Sender.Tell(Ack.Instance);
            return;
        }

        _inFlight++;
        Context.Parent.Tell(new Taken(batch.Covers, batch.StoredAtNanoseconds));
        SendAsync(batch, Self).PipeTo(Self);
        if (_window.HasRoom(_inFlight)) Sender.Tell(Ack.Instance);
        else _unacknowledged = Sender;
    }

    // Encoding and signing are work for milliseconds: not on the actor's turn.
    private Task<Sent> SendAsync(Batch batch, IActorRef self)
    {
        var (covers, events, id) = (batch.Covers, batch.Events, batch.Id);
        return Task.Run(async () =>
        {
            var (isDelivered, attempts) = await _delivery.SendAsync(
                batch, (result, attempt) => self.Tell(new AttemptFailed(id, events, result, attempt)), _noRetries.Token, _abort.Token).ConfigureAwait(false);
            return new Sent(covers, events, isDelivered, attempts);
        });
    }

    private void Finish(Sent sent)
    {
        _inFlight--;
        if (!sent.IsDelivered && _isDraining) _sendsNothing = true;
        if (sent.IsDelivered && _hasNewsOfSuccess)
        {
            _hasNewsOfSuccess = false;
            _reports.Tell(new DeliveryReport(_lane.Integration, AttemptOutcome.Delivered, sent.Attempts, null, null, _time.GetUtcNow()));
        }

        Context.Parent.Tell(new Left(sent.Range, sent.Events, sent.IsDelivered));
        _unacknowledged?.Tell(Ack.Instance);
        _unacknowledged = null;
        StopWhenDone();
    }

    private void Report(AttemptFailed failure)
    {
        var (batch, events, result, attempt) = failure;
        _hasNewsOfSuccess = true;
        _log.Log(OutcomeRule.Of(result.Outcome).Level, null,
            "Integration {Integration}: batch {Batch} of {Events} events failed at attempt {Attempt}: {Reason}",
            _lane.Integration, batch, events, attempt, result.Error);
        _reports.Tell(new DeliveryReport(_lane.Integration, result.Outcome, attempt, result.StatusCode, result.Error, _time.GetUtcNow()));
    }

    // Whether it was asked for or not: the next run will do better than pauses in this one.
    private void EndStream()
    {
        _hasStreamEnded = true;
        _noRetries.Cancel();
        StopWhenDone();
    }

    private void StopWhenDone()
    {
        if (_hasStreamEnded && _inFlight == 0) Context.Stop(Self);
    }

    private sealed record Sent(SequenceRange Range, int Events, bool IsDelivered, int Attempts) : ILocal;

    private sealed record AttemptFailed(string Batch, int Events, AttemptResult Result, int Attempt) : ILocal;
}
