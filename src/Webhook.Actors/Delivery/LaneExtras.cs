using Akka.Actor;
using Webhook.Actors.DeadLetters;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Delivery;

/// <summary>What a lane does beside its live delivery, each an actor of its own: a replay, and a redelivery of dead letters. They run while the lane runs. Used by the lane only.</summary>
internal sealed class LaneExtras(IActorContext context, LaneServices services, IActorRef reports)
{
    private IActorRef? _replay;
    private long _replayNumber;
    private IActorRef? _redelivery;
    private int _started;

    /// <summary>What is wanted now; null: the lane stops, and these with it.</summary>
    public void Follow(LaneProtocol.Run? command)
    {
        if (_replay is { } running && _replayNumber != (command?.Replay?.Number ?? 0))
        {
            context.Stop(running);
            _replay = null;
        }

        if (command is null && _redelivery is { } redelivery) context.Stop(redelivery);
        if (_replay is not null || command?.Replay is not { } wanted) return;
        _replayNumber = wanted.Number;
        _replay = context.Watch(context.ActorOf(ReplayActor.Props(command, services, reports), $"replay-{wanted.Number}-{++_started}"));
    }

    public LaneProtocol.RedeliveryAnswer Redeliver(LaneProtocol.Redeliver command, LaneProtocol.Run? running)
    {
        if (running is null) return new(command.Lane, LaneProtocol.RedeliveryRefusal.NotRunning);
        if (_redelivery is not null) return new(command.Lane, LaneProtocol.RedeliveryRefusal.Busy);
        var needs = new RedeliveryServices(services.DeadLetters, services.Sending, services.Attempts.Add);
        _redelivery = context.Watch(context.ActorOf(RedeliveryActor.Props(command, running.Settings, needs), $"redelivery-{++_started}"));
        return new(command.Lane, null);
    }

    /// <returns>false: it was none of these.</returns>
    public bool Ended(IActorRef actor)
    {
        if (actor.Equals(_replay)) _replay = null;
        else if (actor.Equals(_redelivery)) _redelivery = null;
        else return false;
        return true;
    }
}
