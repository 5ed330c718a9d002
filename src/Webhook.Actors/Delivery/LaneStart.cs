using Webhook.Actors.EventLog;

namespace Webhook.Actors.Delivery;

/// <summary>Where a run begins: a pure decision.</summary>
/// <param name="From">The cursor, with what was cut behind it.</param>
/// <param name="Warning">null: all is as it should be.</param>
internal readonly record struct LaneStart(Cursor From, string? Warning)
{
    /// <param name="stored">The saved cursor. Opening a lane makes one, so that a missing one means a damaged store: better twice than never.</param>
    public static LaneStart Decide(Cursor? stored, LogBounds bounds) => stored switch
    {
        null => new(Cursor.At(bounds.Tail), $"its cursor is missing, so it starts at the oldest event kept ({bounds.Tail}) and may send events again"),
        { Sequence: var sequence } when sequence > bounds.Head =>
            new(Cursor.At(bounds.Head), $"its cursor {sequence} is past the end of the log, so it starts at the end ({bounds.Head})"),
        var cursor => new(cursor, null),
    };
}
