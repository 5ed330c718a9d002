using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Actors.EventLog;

namespace Webhook.Server.IntegrationsApi;

/// <summary>A dead letter as the API shows it.</summary>
/// <param name="Reason">Why the receiver did not take it.</param>
/// <param name="Answer">The beginning of what it answered; absent when it answered nothing.</param>
/// <param name="AcceptedAt">When the event was stored.</param>
/// <param name="Event">As it was accepted.</param>
internal sealed record DeadLetterResource(
    string Id, PositionResource Position, string Channel, string Reason, int? StatusCode, string? Answer, DateTime RefusedAt, DateTime AcceptedAt, RawJson Event)
{
    public static DeadLetterResource Of(DeadLetter letter) => new(
        letter.Id.ToString(), new PositionResource(letter.Id.Partition, letter.Id.Sequence), letter.Channel, letter.Reason, letter.StatusCode, letter.Answer,
        letter.RefusedAt.UtcDateTime, DateTime.UnixEpoch.AddTicks(letter.AcceptedAtNanoseconds / TimeSpan.NanosecondsPerTick), new RawJson(letter.Event));
}

/// <param name="Count">How many match, also beyond this page.</param>
/// <param name="Next">Where the next page begins: its <c>after</c>; absent on the last one.</param>
internal sealed record DeadLettersResource(long Count, IReadOnlyList<DeadLetterResource> Data, string? Next);

internal sealed record PurgedResource(long Count);

/// <summary>A JSON value that is written and read as it is, byte for byte.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader)).ToArray());

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

[JsonSerializable(typeof(DeadLetterResource))]
[JsonSerializable(typeof(DeadLettersResource))]
[JsonSerializable(typeof(PurgedResource))]
internal sealed partial class DeadLettersJson : JsonSerializerContext
{
    public static DeadLettersJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
