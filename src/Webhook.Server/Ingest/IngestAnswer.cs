using System.Text.Json.Serialization;
using Webhook.Actors.Events;

namespace Webhook.Server.Ingest;

/// <summary>The body of a 202: what is stored, durably, and where. Positions are null when nothing was sent or nothing was good.</summary>
internal sealed record IngestAnswer(int Accepted, LogPosition? FirstPosition, LogPosition? LastPosition)
{
    /// <summary>With <c>?partial=true</c>: the first refused events; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusedEvent>? Refused { get; init; }

    /// <summary>With <c>?partial=true</c>: how many events were refused; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RefusedCount { get; init; }

    public static IngestAnswer Nothing { get; } = new(0, null, null);

    public static IngestAnswer Stored(int partition, int accepted, long first, long last) =>
        new(accepted, new LogPosition(partition, first), new LogPosition(partition, last));

    public IngestAnswer WithRefused(ParseResult.Parsed parsed) => this with
    {
        Refused = [.. parsed.Refused.Select(static refusal => new RefusedEvent(refusal.Index, refusal.Offset, refusal.Reason))],
        RefusedCount = parsed.RefusedCount,
    };
}

/// <summary>An event's place in the event log.</summary>
internal sealed record LogPosition(int Partition, long Sequence);

/// <summary>An event that was not stored: its number in the body, its first byte, and why.</summary>
internal sealed record RefusedEvent(int Index, int Offset, string Reason);

[JsonSerializable(typeof(IngestAnswer))]
internal sealed partial class IngestAnswerJson : JsonSerializerContext
{
    public static IngestAnswerJson Readable { get; } = new(ReadableJson.NewOptions());
}
