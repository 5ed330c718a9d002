using System.ComponentModel.DataAnnotations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>How this process delivers; what belongs to one integration is in its settings.</summary>
public sealed class DeliveryOptions
{
    public const string SectionName = "Webhook:Delivery";

    /// <summary>How long a lane may finish what is in flight when it is stopped or moved, 0–60 s, default 10 s. What is not through by then is sent again after the start.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an integration is left alone after a delivery that failed three times or for good, 1 s–1 h, default 5 min; then one batch goes as a probe.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan InhibitionTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of the bodies that one integration has in flight in a partition, 1 MiB–1 GiB, default 16 MiB: at it no further batch is taken. A single batch may be larger.</summary>
    [Range(1024L * 1024, 1024L * 1024 * 1024)]
    public long MaxBytesInFlight { get; set; } = SendingLimits.DefaultBytesInFlight;

    /// <summary>The longest pause a receiver may ask for with <c>Retry-After</c>, 1 s–24 h, default 5 min. What it asks for beyond is cut to it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// An integration that delivers nothing for so long although events wait for it degrades the health, 1 s–1 d, default 10 min. Longer than the longest batch delay, so that waiting
    /// for a batch to fill is none.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(10);
}
