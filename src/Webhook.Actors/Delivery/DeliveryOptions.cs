using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.Delivery;

/// <summary>How this process delivers; what belongs to one integration is in its settings.</summary>
public sealed class DeliveryOptions
{
    public const string SectionName = "Webhook:Delivery";

    /// <summary>How long a lane may finish what is in flight when it is stopped or moved, 0–60 s, default 10 s. What is not through by then is sent again after the start.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
