using Akka.Actor;
using Akka.Hosting;
using static Webhook.Actors.Integrations.DirectoryResult;

namespace Webhook.Actors.Integrations;

/// <summary>Sending once more what was delivered, and what was refused: asks the lanes, and has the integration begin.</summary>
internal sealed class IntegrationReplays(IntegrationDirectory directory, IRequiredActor<LaneRegion> lanes, int partitions)
{
    // A preview counts events, which may be a long way through the log.
    private static readonly TimeSpan PlanTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Where it would begin and end, and how many events that is; the same when it is begun.</summary>
    public async Task<(DirectoryResult Result, IReadOnlyList<LaneProtocol.ReplayPlan> Plans)> StartAsync(
        IntegrationId id, ReplayRequest request, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(id, cancellation);
        if (found is not Done done) return (found, []);
        IReadOnlyList<LaneProtocol.ReplayPlan> plans;
        try
        {
            plans = await Task.WhenAll(Partitions(request).Select(partition => lanes.ActorRef.Ask<LaneProtocol.ReplayPlan>(
                new LaneProtocol.PlanReplay(
                    new LaneId(id, partition), done.Integration.Settings.Channels, request.FromTime, request.FromPosition?.Sequence, request.Until),
                PlanTimeout, cancellation)));
        }
        catch (AskTimeoutException)
        {
            return (new Unanswered(), []);
        }

        if (request.IsPreview) return (found, plans);
        ReplayStretch[] stretches = [.. plans.Where(static p => p.Events > 0).Select(static p => new ReplayStretch(p.Lane.Partition, p.From, p.To))];
        return stretches.Length == 0
            ? (new Refused(id, IntegrationProtocol.RefusalReason.NothingToReplay), plans)
            : (await directory.StartReplayAsync(id, stretches, request.MaxRequestsPerSecond), plans);
    }

    public Task<DirectoryResult> StopAsync(IntegrationId id) => directory.StopReplayAsync(id);

    public async Task<DirectoryResult> RedeliverAsync(IntegrationId id, RedeliveryRequest request, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(id, cancellation);
        if (found is not Done) return found;
        try
        {
            foreach (var partition in Enumerable.Range(0, partitions))
            {
                List<long>? sequences = request.Ids is { } ids ? [.. ids.Where(i => i.Partition == partition).Select(static i => i.Sequence)] : null;
                if (sequences is { Count: 0 }) continue;
                var answer = await lanes.ActorRef.Ask<LaneProtocol.RedeliveryAnswer>(
                    new LaneProtocol.Redeliver(new LaneId(id, partition), sequences, request.Selection, request.MaxRequestsPerSecond),
                    IntegrationCalls.AnswerTimeout, cancellation);
                if (answer.Refusal is { } refusal) return new Refused(id, ReasonOf(refusal));
            }
        }
        catch (AskTimeoutException)
        {
            return new Unanswered();
        }

        return found;
    }

    private static IntegrationProtocol.RefusalReason ReasonOf(LaneProtocol.RedeliveryRefusal refusal) => refusal switch
    {
        LaneProtocol.RedeliveryRefusal.NotRunning => IntegrationProtocol.RefusalReason.NotEnabled,
        LaneProtocol.RedeliveryRefusal.Busy => IntegrationProtocol.RefusalReason.RedeliveryUnderWay,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "has no reason"),
    };

    private IEnumerable<int> Partitions(ReplayRequest request) => request.FromPosition is { } position
        ? position.Partition < partitions ? [position.Partition] : []
        : Enumerable.Range(0, partitions);
}
