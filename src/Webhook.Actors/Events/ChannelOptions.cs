using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.Events;

/// <summary>Which channels exist beside, and which of, the built-in ones.</summary>
public sealed class ChannelOptions : IValidatableObject
{
    public const string SectionName = "Webhook:Channels";

    /// <summary>Channels of the operator's own; default none. A name is an upper-case letter and up to 63 of <c>A–Z</c>, <c>0–9</c>, <c>_</c>.</summary>
    public IReadOnlyList<string> Additional { get; set; } = [];

    /// <summary>Channels that this instance does not offer: neither accepted nor selectable; default none. Each must exist.</summary>
    public IReadOnlyList<string> Hidden { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Additional)
        {
            if (!ChannelList.IsName(name))
            {
                yield return new ValidationResult(
                    $"{SectionName}:{nameof(Additional)} holds '{name}', which is not a channel name: an upper-case letter and up to 63 of A-Z, 0-9 and _.",
                    [nameof(Additional)]);
            }
        }

        var all = new ChannelList(new ChannelOptions { Additional = Additional });
        foreach (var name in Hidden)
        {
            if (!all.IsKnown(name))
            {
                yield return new ValidationResult(
                    $"{SectionName}:{nameof(Hidden)} holds '{name}', which is not a channel: {string.Join(", ", all.Names)}.", [nameof(Hidden)]);
            }
        }
    }
}
