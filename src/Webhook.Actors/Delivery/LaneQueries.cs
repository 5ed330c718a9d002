using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Delivery;

/// <summary>What a lane is asked beside delivering; none of it touches a run.</summary>
internal static class LaneQueries
{
    /// <summary>Makes a cursor at the end of the log, durable, unless there is one.</summary>
    public static async Task<LaneProtocol.Opened> OpenAsync(LaneId lane, LaneServices services, CancellationToken cancellation)
    {
        var key = new CursorKey(lane.Integration.Value, lane.Partition);
        if (await services.Cursors.LoadAsync(key, cancellation).ConfigureAwait(false) is null)
            await services.Cursors.SaveDurablyAsync(key, Cursor.At(services.Log.Bounds(lane.Partition).Head), cancellation).ConfigureAwait(false);
        return new LaneProtocol.Opened(lane);
    }

    /// <summary>Drops the cursors of all replays but one.</summary>
    /// <param name="but">Number of the replay that goes on; 0: none.</param>
    public static async Task DropReplaysAsync(LaneId lane, long but, LaneServices services, CancellationToken cancellation)
    {
        foreach (var key in (await services.Cursors.ListAsync(cancellation).ConfigureAwait(false)).Keys)
        {
            if (key.Integration == lane.Integration.Value && key.Partition == lane.Partition && key.Replay != 0 && key.Replay != but)
                await services.Cursors.DeleteAsync(key, cancellation).ConfigureAwait(false);
        }
    }

    /// <param name="cursor">Of the run; null: there is none, the saved one counts.</param>
    public static async Task<LaneProtocol.ReplayPlan> PlanReplayAsync(
        LaneProtocol.PlanReplay plan, LaneServices services, long? cursor, CancellationToken cancellation)
    {
        var partition = plan.Lane.Partition;
        var bounds = services.Log.Bounds(partition);
        var delivered = cursor
            ?? (await services.Cursors.LoadAsync(new CursorKey(plan.Lane.Integration.Value, partition), cancellation).ConfigureAwait(false))?.Sequence ?? bounds.Tail;
        var from = plan.FromTime is { } time ? await services.Log.FirstSinceAsync(partition, time, cancellation).ConfigureAwait(false) : plan.FromSequence ?? bounds.Tail;
        from = Math.Max(from, bounds.Tail);
        var to = plan.Until is { } until ? Math.Min(delivered, await services.Log.FirstSinceAsync(partition, until, cancellation).ConfigureAwait(false)) : delivered;
        var events = from < to ? await CountAsync(plan, services, from, to, cancellation).ConfigureAwait(false) : 0;
        return new LaneProtocol.ReplayPlan(plan.Lane, from, Math.Max(from, to), events, bounds.OldestAppendedAt);
    }

    /// <summary>The integration is gone: drops all that is kept for it.</summary>
    public static async Task RemoveAsync(LaneId lane, LaneServices services, CancellationToken cancellation)
    {
        var key = new CursorKey(lane.Integration.Value, lane.Partition);
        await services.DeadLetters.RemoveAllAsync(key.Integration, cancellation).ConfigureAwait(false);
        await services.Attempts.RemoveAsync(lane.Integration, cancellation).ConfigureAwait(false);
        await DropReplaysAsync(lane, 0, services, cancellation).ConfigureAwait(false);
        await services.Cursors.DeleteAsync(key, cancellation).ConfigureAwait(false);
    }

    /// <param name="cursor">Of the run; null: there is none, the saved one is told.</param>
    public static async Task<LaneProtocol.Progress> ProgressAsync(
        LaneId lane, LaneServices services, long? cursor, int inFlight, LaneProtocol.Replay? replay, CancellationToken cancellation)
    {
        var key = new CursorKey(lane.Integration.Value, lane.Partition);
        var bounds = services.Log.Bounds(lane.Partition);
        var from = cursor ?? (await services.Cursors.LoadAsync(key, cancellation).ConfigureAwait(false))?.Sequence ?? bounds.Tail;
        DateTimeOffset? oldest = null;
        if (from < bounds.Head && await services.Log.ReadAsync(lane.Partition, from, cancellation).ConfigureAwait(false) is { } block)
        {
            oldest = DateTimeOffset.UnixEpoch.AddTicks(block.AppendedAtNanoseconds / 100);
            block.Release();
        }

        var replayed = replay is null ? null : await services.Cursors.LoadAsync(key with { Replay = replay.Number }, cancellation).ConfigureAwait(false);
        return new LaneProtocol.Progress(lane, cursor is not null, from, bounds.Head, oldest, inFlight, replay is null ? null : replayed?.Sequence ?? replay.From);
    }

    private static async Task<long> CountAsync(LaneProtocol.PlanReplay plan, LaneServices services, long from, long to, CancellationToken cancellation)
    {
        var events = 0L;
        while (from < to && await services.Log.ReadAsync(plan.Lane.Partition, from, cancellation).ConfigureAwait(false) is { } block)
        {
            for (var i = 0; i < block.Count; i++)
            {
                var sequence = block.FirstSequence + i;
                if (sequence >= from && sequence < to && plan.Channels.Contains(block.Channels[block.Entries[i].Channel])) events++;
            }

            from = EventBlock.ToSequence(block.BlockSequence + 1, 0);
            block.Release();
        }

        return events;
    }
}
