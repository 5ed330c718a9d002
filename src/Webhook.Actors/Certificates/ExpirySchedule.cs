namespace Webhook.Actors.Certificates;

/// <summary>How near a certificate's end is, and how far it was warned of.</summary>
public enum ExpiryStage
{
    None,
    Within30Days,
    Within7Days,
    Within1Day,
    Expired,
}

/// <summary>When the end of a certificate is warned of: 30, 7 and 1 days ahead, and when it is there. Pure.</summary>
internal static class ExpirySchedule
{
    /// <summary>At the latest it is looked again after this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>From when on a certificate in use takes the node's full health.</summary>
    public static readonly TimeSpan Urgent = TimeSpan.FromDays(1);

    private static readonly (TimeSpan Ahead, ExpiryStage Stage)[] Stages =
    [
        (TimeSpan.Zero, ExpiryStage.Expired), (Urgent, ExpiryStage.Within1Day), (TimeSpan.FromDays(7), ExpiryStage.Within7Days),
        (TimeSpan.FromDays(30), ExpiryStage.Within30Days),
    ];

    public static ExpiryStage At(DateTimeOffset notAfter, DateTimeOffset now)
    {
        foreach (var (ahead, stage) in Stages)
        {
            if (notAfter - now <= ahead) return stage;
        }

        return ExpiryStage.None;
    }

    /// <summary>How long nothing becomes due, at most <see cref="Longest"/>.</summary>
    public static TimeSpan Next(IEnumerable<DateTimeOffset> ends, DateTimeOffset now)
    {
        var wait = Longest;
        foreach (var end in ends)
        {
            foreach (var (ahead, _) in Stages)
            {
                var until = end - ahead - now;
                if (until > TimeSpan.Zero && until < wait) wait = until;
            }
        }

        return wait;
    }
}
