using Akka.Actor;

namespace Webhook.Actors.Integrations;

/// <summary>One integration's lanes behind their region, and which of them have not confirmed yet that they stopped. Used by the integration's actor only.</summary>
internal sealed class IntegrationLanes(IntegrationId id, IActorRef region, int partitions)
{
    private readonly HashSet<int> _unconfirmed = [];
    private bool _remove;

    /// <summary>No lane owes a confirmation.</summary>
    public bool AreQuiet => _unconfirmed.Count == 0;

    private IEnumerable<LaneId> All => Enumerable.Range(0, partitions).Select(partition => new LaneId(id, partition));

    public Task OpenAsync(CancellationToken cancellation) =>
        Task.WhenAll(All.Select(lane => region.Ask<LaneProtocol.Opened>(new LaneProtocol.Open(lane), cancellation)));

    public Task<LaneProtocol.TestReport> TestAsync(IntegrationSettings settings, CancellationToken cancellation) =>
        region.Ask<LaneProtocol.TestReport>(new LaneProtocol.Test(new LaneId(id, 0), settings), cancellation);

    /// <summary>Takes back what <see cref="OpenAsync"/> may have made; nobody waits for it.</summary>
    public void Abandon()
    {
        foreach (var lane in All) region.Tell(new LaneProtocol.Remove(lane));
    }

    /// <summary>May be repeated at will.</summary>
    public void Run(IntegrationState state)
    {
        _unconfirmed.Clear();
        foreach (var lane in All)
        {
            var replay = state.Replay?.Stretches.FirstOrDefault(s => s.Partition == lane.Partition) is { } stretch
                ? new LaneProtocol.Replay(state.Replay.Number, stretch.From, stretch.To, state.Replay.MaxRequestsPerSecond)
                : null;
            region.Tell(new LaneProtocol.Run(lane, state.Revision, state.Settings!, state.Hold, replay));
        }
    }

    public void Resume()
    {
        foreach (var lane in All) region.Tell(new LaneProtocol.Resume(lane));
    }

    /// <param name="remove">true: drop the cursors too.</param>
    public void Stop(bool remove)
    {
        _remove = remove;
        _unconfirmed.UnionWith(Enumerable.Range(0, partitions));
        Remind();
    }

    /// <summary>Tells those again that have not confirmed.</summary>
    public void Remind()
    {
        foreach (var partition in _unconfirmed)
        {
            var lane = new LaneId(id, partition);
            region.Tell(_remove ? new LaneProtocol.Remove(lane) : new LaneProtocol.Stop(lane));
        }
    }

    /// <returns>true: it was the last one.</returns>
    public bool Confirm(LaneId lane) => _unconfirmed.Remove(lane.Partition) && AreQuiet;
}
