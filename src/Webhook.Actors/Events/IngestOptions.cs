using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.Events;

/// <summary>What ingest refuses. Each refusal names the limit.</summary>
public sealed class IngestOptions : IValidatableObject
{
    public const string SectionName = "Webhook:Ingest";

    /// <summary>Bytes of one event. Default 1 MiB; 2 bytes to 64 MiB. A larger one is refused with 413.</summary>
    [Range(2, 64 * 1024 * 1024)]
    public int MaxEventBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of a body as it is sent. Default 16 MiB; up to 256 MiB. A larger one is refused with 413, before it is read if it names its length.</summary>
    [Range(2, 256 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a body after its content encoding is undone. Default 64 MiB; up to 512 MiB. Inflating stops there and the body is refused with 413.</summary>
    [Range(2, 512 * 1024 * 1024)]
    public int MaxInflatedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Objects and arrays inside each other, the event itself counted. Default 64; 1 to 1000. A deeper event is refused with 400.</summary>
    [Range(1, 1000)]
    public int MaxDepth { get; set; } = 64;

    /// <summary>Events of one body. Default 65,536, which is also the most: a block of the log holds no more. A body of more is refused with 413.</summary>
    [Range(1, EventBlock.MaxEvents)]
    public int MaxEvents { get; set; } = EventBlock.MaxEvents;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxInflatedBytes < MaxBodyBytes)
        {
            yield return new ValidationResult(
                $"{SectionName}:{nameof(MaxInflatedBytes)} ({MaxInflatedBytes}) is less than {nameof(MaxBodyBytes)} ({MaxBodyBytes}); a body that is not compressed is inflated already.",
                [nameof(MaxInflatedBytes)]);
        }

        if (MaxEventBytes > MaxInflatedBytes)
        {
            yield return new ValidationResult(
                $"{SectionName}:{nameof(MaxEventBytes)} ({MaxEventBytes}) is more than {nameof(MaxInflatedBytes)} ({MaxInflatedBytes}); no body could hold such an event.",
                [nameof(MaxEventBytes)]);
        }
    }
}
