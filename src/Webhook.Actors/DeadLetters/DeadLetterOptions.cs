using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.DeadLetters;

/// <summary>How long dead letters are kept.</summary>
public sealed class DeadLetterOptions
{
    public const string SectionName = "Webhook:DeadLetters";

    /// <summary>How long a dead letter waits to be looked at, 1 minute to 10 years, default 30 days. Older ones are dropped, counted and logged.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Dead letters of one integration, 1–10,000,000, default 100,000. Beyond it those refused first are dropped, counted and logged, once an hour.</summary>
    [Range(1, 10_000_000)]
    public int MaxPerIntegration { get; set; } = 100_000;
}
