namespace Webhook.Actors.Events;

/// <summary>How an event wrote its top-level <c>timestamp</c>.</summary>
internal enum TimestampForm : byte
{
    /// <summary>It wrote none; the time of receipt stands for it.</summary>
    Missing,

    /// <summary>An integer in seconds, milliseconds, microseconds or nanoseconds, told by its size.</summary>
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,

    /// <summary>An RFC 3339 string, quotes included in the place.</summary>
    Rfc3339,
}

/// <summary>The unit in which an integration gets <c>timestamp</c>.</summary>
public enum TimestampResolution : byte
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>A point in time as seconds since 1970-01-01T00:00:00Z and the nanoseconds after them; never negative.</summary>
internal readonly record struct EventTimestamp(long Seconds, int Nanoseconds)
{
    /// <param name="time">Not before 1970.</param>
    public static EventTimestamp From(DateTimeOffset time)
    {
        var (seconds, ticks) = Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.TicksPerSecond);
        return new EventTimestamp(seconds, (int)(ticks * TimeSpan.NanosecondsPerTick));
    }
}
