using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;

namespace Webhook.Server.LogTools;

/// <summary>One thing that is damaged, and what it costs.</summary>
/// <param name="FirstBlock">With <paramref name="LastBlock"/> the blocks that are gone; null: none is, or nobody can tell.</param>
/// <param name="EventsLost">null: nobody can tell.</param>
internal sealed record LogDamage(long? FirstBlock, long? LastBlock, long? EventsLost, long DeadLettersLost, string What)
{
    public static LogDamage Of(LogFault fault) => fault switch
    {
        { FirstBlock: > 0 } => new LogDamage(fault.FirstBlock, fault.LastBlock, fault.EventsLost, 0, fault.Reason),
        // Of the log as a whole: what is counted there are dead letters.
        { EventsLost: { } letters } => new LogDamage(null, null, 0, letters, fault.Reason),
        _ => new LogDamage(null, null, null, 0, fault.Reason),
    };
}

/// <summary>Events that an earlier start or repair found lost, and told; nothing is left to be done for them.</summary>
internal sealed record KnownLoss(long FirstBlock, long LastBlock, long? EventsLost)
{
    public static KnownLoss Of(Hole hole) => new(hole.FirstBlock, hole.LastBlock, hole.Events);
}
