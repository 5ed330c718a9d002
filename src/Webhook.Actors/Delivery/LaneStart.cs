using Webhook.Actors.EventLog;

namespace Webhook.Actors.Delivery;

/// <summary>Where a run begins: a pure decision.</summary>
/// <param name="From">The first sequence to read.</param>
/// <param name="Warning">null: all is as it should be.</param>
internal readonly record struct LaneStart(long From, string? Warning)
{
    /// <param name="stored">The saved cursor. Opening a lane makes one, so that a missing one means a damaged store: better twice than never.</param>
    public static LaneStart Decide(long? stored, LogBounds bounds) => stored switch
    {
        null => new(bounds.Tail, $"its cursor is missing, so it starts at the oldest event kept ({bounds.Tail}) and may send events again"),
        { } cursor when cursor > bounds.Head =>
            new(bounds.Head, $"its cursor {cursor} is past the end of the log, so it starts at the end ({bounds.Head})"),
        { } cursor => new(cursor, null),
    };
}
