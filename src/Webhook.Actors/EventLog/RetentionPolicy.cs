namespace Webhook.Actors.EventLog;

/// <summary>Why events leave the log.</summary>
internal enum TrimReason
{
    /// <summary>Every integration is done with them.</summary>
    Delivered,

    /// <summary>They are older than the retention age.</summary>
    Age,

    /// <summary>The log is larger than the retention size.</summary>
    Size,
}

/// <param name="Before">Everything before this sequence may go.</param>
internal readonly record struct TrimDecision(long Before, TrimReason Reason);

/// <summary>What may leave the log. Pure: the places that age and size ask for are looked up before.</summary>
internal static class RetentionPolicy
{
    /// <param name="bounds">The partition.</param>
    /// <param name="cursors">Where each integration is in it; none means that nobody needs anything.</param>
    /// <param name="expiredBefore">Everything before this sequence is past the retention age; null when nothing is.</param>
    /// <param name="oversizeBefore">Everything before this sequence makes the log too large; null when it is not.</param>
    /// <param name="replayableFrom">What is delivered stays from this sequence on, for a replay.</param>
    public static TrimDecision Decide(
        LogBounds bounds, IReadOnlyCollection<long> cursors, long? expiredBefore, long? oversizeBefore, long replayableFrom = long.MaxValue)
    {
        var needed = bounds.Head;
        foreach (var cursor in cursors) needed = Math.Min(needed, cursor);
        needed = Math.Max(needed, bounds.Tail);
        var aged = Limit(expiredBefore, bounds, TrimReason.Age);
        var sized = Limit(oversizeBefore, bounds, TrimReason.Size);

        var forced = aged.Before >= sized.Before ? aged : sized;
        return forced.Before > needed
            ? forced
            : new TrimDecision(Math.Max(forced.Before, Math.Max(bounds.Tail, Math.Min(needed, replayableFrom))), TrimReason.Delivered);
    }

    private static TrimDecision Limit(long? before, LogBounds bounds, TrimReason reason) =>
        new(Math.Clamp(before ?? bounds.Tail, bounds.Tail, bounds.Head), reason);
}
