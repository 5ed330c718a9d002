using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Actors.Sending;

namespace Webhook.Server.IntegrationsApi;

/// <summary>An attempt as the API shows it.</summary>
/// <param name="Batch">The request's <c>webhook-id</c>.</param>
/// <param name="Kind">delivery, replay or test.</param>
/// <param name="First">Position of the first event.</param>
/// <param name="Last">Position of the last event.</param>
/// <param name="BodyBytes">Before compression.</param>
/// <param name="Outcome">As in the metrics.</param>
/// <param name="RequestHeaders">Secrets masked.</param>
internal sealed record DeliveryAttemptResource(
    string Batch, int Attempt, string Kind, DateTime StartedAt, int Events, PositionResource First, PositionResource Last, int BodyBytes, string Outcome, int? StatusCode,
    string? Error, string? Answer, bool AnswerTruncated, IReadOnlyList<HeaderResource> RequestHeaders, PhasesResource Phases)
{
    public static DeliveryAttemptResource Of(DeliveryAttempt attempt) => new(
        attempt.Batch, attempt.Attempt, DeliveryRequest.NameOf(attempt.Kind), attempt.StartedAt.UtcDateTime, attempt.Events,
        new PositionResource(attempt.Partition, attempt.FirstSequence), new PositionResource(attempt.Partition, attempt.LastSequence), attempt.BodyBytes, attempt.Outcome,
        attempt.StatusCode, attempt.Error, attempt.Answer, attempt.AnswerTruncated,
        [.. attempt.RequestHeaders.Select(static header => new HeaderResource(header.Name, header.Value))], PhasesResource.Of(attempt.Phases));
}

/// <summary>In milliseconds; a phase that was not gone through is absent.</summary>
internal sealed record PhasesResource(double Queue, double? Resolve, double? Connect, double? Tls, double? Request, double? Answer, double Total)
{
    public static PhasesResource Of(AttemptPhases phases) =>
        new(phases.Queue, phases.Resolve, phases.Connect, phases.Tls, phases.Request, phases.Answer, phases.Total);
}

/// <param name="Count">Of the attempts shown.</param>
internal sealed record DeliveriesResource(int Count, IReadOnlyList<DeliveryAttemptResource> Data);

[JsonSerializable(typeof(DeliveriesResource))]
internal sealed partial class DeliveriesJson : JsonSerializerContext
{
    public static DeliveriesJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
