using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>What lanes need from the process; the same for all of them.</summary>
internal sealed record LaneServices(
    EventLogReader Log, ICursorStore Cursors, IDeadLetterStore DeadLetters, DeliveryLog Attempts, SendingServices Sending, LaneGauges Gauges,
    TimeSpan DrainTimeout);

/// <summary>One run of a lane: the stream from the log to a sink of its own, with one revision of the settings, from one cursor on.</summary>
internal sealed class LaneRun
{
    private readonly UniqueKillSwitch _source;

    private LaneRun(IActorRef sink, LaneLedger ledger, UniqueKillSwitch source)
    {
        Sink = sink;
        Ledger = ledger;
        _source = source;
    }

    /// <summary>Its death is the end of the run, whatever ended first.</summary>
    public IActorRef Sink { get; }

    public LaneLedger Ledger { get; }

    /// <param name="builder">Cuts the batches, from the cursor on.</param>
    /// <param name="stretch">What is read of the log.</param>
    /// <param name="materializer">The owner's own, so that the stream dies with it.</param>
    public static LaneRun Start(
        LaneId lane, IntegrationSettings settings, Func<BatchBuilder> builder, SequenceRange stretch, LaneLedger ledger, LaneServices services,
        IMaterializer materializer, IActorRef sink)
    {
        var source = Source.FromGraph(new EventLogSource(services.Log, lane.Partition, stretch.From, stretch.To))
            .ViaMaterialized(KillSwitches.Single<EventRun>(), Keep.Right)
            .Via(new GroupedWithinStage(builder, TimeSpan.FromMilliseconds(settings.Delivery.MaxBatchDelayMs), services.Sending.Metrics))
            .To(ToActor(sink))
            .Run(materializer);
        return new LaneRun(sink, ledger, source);
    }

    /// <summary>Ends the source; what it gave so far is tried once.</summary>
    public void Drain() => End(HttpSinkProtocol.Drain.Instance);

    /// <summary>Ends the source; only what is under way is finished.</summary>
    public void Retire() => End(HttpSinkProtocol.Retire.Instance);

    private void End(object message)
    {
        Sink.Tell(message);
        _source.Shutdown();
    }

    // A buffer of one: what waits in a stream is memory that a dead receiver holds.
    private static Sink<Batch, Akka.NotUsed> ToActor(IActorRef sink) => Akka.Streams.Dsl.Sink.ActorRefWithAck<Batch>(
        sink, HttpSinkProtocol.StreamStarted.Instance, HttpSinkProtocol.Ack.Instance, HttpSinkProtocol.StreamEnded.Completed,
        static cause => new HttpSinkProtocol.StreamEnded(cause)).WithAttributes(Attributes.CreateInputBuffer(1, 1));
}
