using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhook.Actors.Sending;

/// <summary>One attempt, as the delivery log keeps it. No secret and no event is in it.</summary>
/// <param name="Batch"><c>webhook-id</c>.</param>
/// <param name="Attempt">Which of the batch, from 1.</param>
/// <param name="BodyBytes">Before compression.</param>
/// <param name="Outcome">Label of the outcome, as in the metrics.</param>
/// <param name="Error">null when delivered.</param>
/// <param name="Answer">The beginning of the receiver's answer; null when there was none.</param>
internal sealed record DeliveryAttempt(
    string Batch, int Attempt, BatchKind Kind, DateTimeOffset StartedAt, int Events, int Partition, long FirstSequence, long LastSequence, int BodyBytes,
    string Outcome, int? StatusCode, string? Error, string? Answer, bool AnswerTruncated, IReadOnlyList<RequestHeader> RequestHeaders, AttemptPhases Phases)
{
    /// <param name="result">Of an <see cref="IAttemptSender"/>.</param>
    public static DeliveryAttempt Of(Batch batch, int attempt, AttemptResult result)
    {
        var detail = result.Detail ?? throw new ArgumentException("Only what a sender answers says how it went.", nameof(result));
        return new DeliveryAttempt(
            batch.Id, attempt, batch.Kind, detail.StartedAt, batch.Events, batch.Lane.Partition, batch.FirstSequence, batch.LastSequence, batch.Length,
            OutcomeRule.Of(result.Outcome).Label, result.StatusCode, result.Error, result.Answer, detail.AnswerTruncated, detail.RequestHeaders, detail.Phases);
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DeliveryAttemptJson.Default.DeliveryAttempt);

    /// <returns>null: it is damaged, or of a version that is not known here.</returns>
    public static DeliveryAttempt? FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DeliveryAttemptJson.Default.DeliveryAttempt);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(DeliveryAttempt))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
internal sealed partial class DeliveryAttemptJson : JsonSerializerContext;
