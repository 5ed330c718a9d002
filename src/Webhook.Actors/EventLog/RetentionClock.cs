namespace Webhook.Actors.EventLog;

/// <summary>
/// The time by which events are too old. It is the machine's clock, but a clock that is set forward ages nothing that was stored before: while such events are kept, this one goes on at
/// the pace of the time that really passes. When all that is kept was stored after the step, it follows.
/// </summary>
/// <remarks>A clock set back is followed at once: what is stored from then on carries its time. A step while the program is down cannot be seen. One caller at a time.</remarks>
internal sealed class RetentionClock(TimeProvider time)
{
    /// <summary>Between two readings a clock that is only kept in step (slewed) gains less.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private DateTimeOffset _now = time.GetUtcNow();
    private long _readAt = time.GetTimestamp();

    /// <param name="oldest">When the oldest event kept was stored; null: none is kept.</param>
    public DateTimeOffset Read(DateTimeOffset? oldest)
    {
        var readAt = time.GetTimestamp();
        var passed = _now + time.GetElapsedTime(_readAt, readAt);
        var clock = time.GetUtcNow();
        _readAt = readAt;
        _now = clock > passed + Slack && oldest <= passed ? passed : clock;
        return _now;
    }
}
