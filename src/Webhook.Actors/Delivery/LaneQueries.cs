using Webhook.Actors.EventLog;
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
            await services.Cursors.CreateAsync(key, services.Log.Bounds(lane.Partition).Head, cancellation).ConfigureAwait(false);
        return new LaneProtocol.Opened(lane);
    }

    /// <param name="cursor">Of the run; null: there is none, the saved one is told.</param>
    public static async Task<LaneProtocol.Progress> ProgressAsync(
        LaneId lane, LaneServices services, bool isRunning, long? cursor, int inFlight, CancellationToken cancellation)
    {
        var key = new CursorKey(lane.Integration.Value, lane.Partition);
        var bounds = services.Log.Bounds(lane.Partition);
        var from = cursor ?? await services.Cursors.LoadAsync(key, cancellation).ConfigureAwait(false) ?? bounds.Tail;
        DateTimeOffset? oldest = null;
        if (from < bounds.Head && await services.Log.ReadAsync(lane.Partition, from, cancellation).ConfigureAwait(false) is { } block)
        {
            oldest = DateTimeOffset.UnixEpoch.AddTicks(block.AppendedAtNanoseconds / 100);
            block.Release();
        }

        return new LaneProtocol.Progress(lane, isRunning, from, bounds.Head, oldest, inFlight);
    }
}
