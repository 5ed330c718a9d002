namespace Webhook.Actors.Sending;

/// <summary>When the next attempt of a batch is due: a pure decision.</summary>
internal static class RetrySchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The longest a receiver's <c>Retry-After</c> is honoured.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    /// <summary>Jitter only adds, up to this share: a receiver is never asked earlier than announced.</summary>
    public const double JitterShare = 0.25;

    /// <param name="failures">Failed attempts so far, from 1: 0.5 s, doubling, at most 30 s.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Delay(int failures, TimeSpan? retryAfter, double jitter)
    {
        var backoff = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 16)));
        var asked = Cap(retryAfter ?? TimeSpan.Zero);
        return TimeSpan.FromSeconds(Math.Max(backoff, asked.TotalSeconds) + (backoff * JitterShare * jitter));
    }

    public static TimeSpan Cap(TimeSpan retryAfter) => retryAfter < LongestRetryAfter ? retryAfter : LongestRetryAfter;
}
