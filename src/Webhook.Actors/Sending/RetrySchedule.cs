namespace Webhook.Actors.Sending;

/// <summary>When the next attempt of a batch is due: a pure decision.</summary>
internal static class RetrySchedule
{
    /// <summary>Then the integration is inhibited.</summary>
    public const int Attempts = 3;

    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    /// <summary>The second pause is 4 s: a receiver that restarts is back before the last attempt.</summary>
    public const double Factor = 8;

    /// <summary>Jitter only adds, up to this share: a receiver is never asked earlier than announced.</summary>
    public const double JitterShare = 0.25;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <param name="failures">Failed attempts so far, from 1: 0.5 s, 4 s, at most 30 s.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Delay(int failures, double jitter)
    {
        var backoff = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(Factor, Math.Min(failures - 1, 8)));
        return TimeSpan.FromSeconds(backoff * (1 + (JitterShare * jitter)));
    }
}
