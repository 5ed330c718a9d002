using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.Delivery;

/// <summary>How much is remembered of deliveries, to be looked at.</summary>
public sealed class DeliveryLogOptions
{
    public const string SectionName = "Webhook:DeliveryLog";

    /// <summary>The newest attempts of one integration, 1–10,000, default 200. Older ones are dropped.</summary>
    [Range(1, 10_000)]
    public int MaxPerIntegration { get; set; } = 200;

    /// <summary>How long an attempt is remembered, 1 minute to 10 years, default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(7);
}
