using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>How long an integration is left alone, and how much of it is in memory.</summary>
/// <param name="InhibitionTime">After a delivery that failed for good or three times.</param>
/// <param name="MaxRetryAfter">The longest a receiver's <c>Retry-After</c> is honoured.</param>
/// <param name="MaxBytesInFlight">Of the bodies of one lane, at which it takes no further batch.</param>
internal sealed record SendingLimits(TimeSpan InhibitionTime, TimeSpan MaxRetryAfter, long MaxBytesInFlight = SendingLimits.DefaultBytesInFlight)
{
    public const long DefaultBytesInFlight = 16 * 1024 * 1024;

    public static readonly SendingLimits Default = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));

    public TimeSpan Cap(TimeSpan retryAfter) => retryAfter < MaxRetryAfter ? retryAfter : MaxRetryAfter;

    /// <summary>What is left of a hold, at least nothing and at most the longest there is: the clock may have been set since.</summary>
    public TimeSpan Shorten(DeliveryHold hold, TimeSpan left)
    {
        var longest = hold.IsInhibition && InhibitionTime > MaxRetryAfter ? InhibitionTime : MaxRetryAfter;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }
}
