using System.Globalization;
using Microsoft.Extensions.Primitives;
using Webhook.Actors.Events;

namespace Webhook.Server.Ingest;

/// <summary>Every error that ingest answers, with its status, its word and its text. The words are a public interface: clients and metrics use them.</summary>
internal static class IngestErrors
{
    private const int MaxEcho = 64;

    public static ApiError UnknownChannel(string channel, IReadOnlyList<string> known) => new(
        StatusCodes.Status404NotFound, "unknown_channel",
        $"There is no channel '{Echo(channel)}'. Names are case-sensitive; 'details' lists those of this instance, as does GET /secure/events-forwarder/v2/channels?type=WEBHOOK.",
        known);

    public static ApiError InvalidPartial(StringValues value) => new(
        StatusCodes.Status400BadRequest, "invalid_partial", $"The query parameter 'partial' is '{Echo(value.ToString())}'; it may be 'true' or 'false'.");

    public static ApiError InvalidIdempotencyKey { get; } = new(
        StatusCodes.Status400BadRequest, "invalid_idempotency_key", "The header Idempotency-Key may be sent once, with 1 to 255 printable ASCII characters.");

    public static ApiError IdempotencyConflict { get; } = new(
        StatusCodes.Status422UnprocessableEntity, "idempotency_conflict",
        "This Idempotency-Key was sent before with another body, channel or 'partial'; nothing is stored. Use a new key for a new request.");

    public static ApiError UnknownEncoding(StringValues header) => new(
        StatusCodes.Status415UnsupportedMediaType, "unknown_encoding",
        $"The content encoding '{Echo(header.ToString())}' is not taken; send one of {ContentEncodings.Accepted}, or none.");

    public static ApiError CorruptEncoding(ContentEncoding encoding) => new(
        StatusCodes.Status400BadRequest, "corrupt_encoding",
        $"The body cannot be inflated as {ContentEncodings.Name(encoding)}: it is damaged, cut off, or followed by something else.");

    public static ApiError BodyTooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "body_too_large",
        Text($"The body is larger than {limit} bytes as sent, the limit; send fewer events in a request, or compress it."));

    public static ApiError InflatedBodyTooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "inflated_body_too_large",
        Text($"The body inflates to more than {limit} bytes, the limit; send fewer events in a request."));

    public static ApiError Unreadable(Fault fault)
    {
        var (status, type) = Describe(fault.Kind);
        return new ApiError(status, type, fault.Reason);
    }

    /// <summary>Status and word are those of the first refused event.</summary>
    public static ApiError RefusedEvents(ParseResult.Parsed parsed)
    {
        var first = parsed.Refused[0];
        var (status, type) = Describe(first.Kind);
        var sentence = Sentence(first);
        if (parsed.RefusedCount == 1) return new ApiError(status, type, $"Event {sentence}. Nothing of the body is stored.", [$"event {sentence}"]);

        List<string> details = [.. parsed.Refused.Select(refusal => $"event {Sentence(refusal)}")];
        if (parsed.RefusedCount > details.Count) details.Add(Text($"and {parsed.RefusedCount - details.Count} more"));
        return new ApiError(status, type, Text($"{parsed.RefusedCount} events are refused, the first of them: event {sentence}. Nothing of the body is stored."), details);
    }

    public static ApiError Behind(TimeSpan retryAfter, string reason) =>
        new(StatusCodes.Status429TooManyRequests, "log_behind", reason) { RetryAfter = retryAfter };

    public static ApiError Unavailable(TimeSpan retryAfter, string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, "log_unavailable", reason) { RetryAfter = retryAfter };

    /// <summary>The connection broke the rules of HTTP, or was too slow, while the body was read.</summary>
    public static ApiError BadRequest(BadHttpRequestException e) => new(e.StatusCode, "bad_request", $"The body could not be read: {e.Message}");

    /// <summary>The word for it, in answers and metrics alike.</summary>
    public static string WordOf(IngestFault fault) => Describe(fault).Type;

    private static (int Status, string Type) Describe(IngestFault fault) => fault switch
    {
        IngestFault.EmptyBody => (StatusCodes.Status400BadRequest, "empty_body"),
        IngestFault.TooManyEvents => (StatusCodes.Status413PayloadTooLarge, "too_many_events"),
        IngestFault.NotJson => (StatusCodes.Status400BadRequest, "invalid_json"),
        IngestFault.NotUtf8 => (StatusCodes.Status400BadRequest, "invalid_utf8"),
        IngestFault.NotAnObject => (StatusCodes.Status400BadRequest, "not_an_object"),
        IngestFault.TooDeep => (StatusCodes.Status400BadRequest, "too_deep"),
        IngestFault.EventTooLarge => (StatusCodes.Status413PayloadTooLarge, "event_too_large"),
        IngestFault.Timestamp => (StatusCodes.Status400BadRequest, "invalid_timestamp"),
        IngestFault.RepeatedTimestamp => (StatusCodes.Status400BadRequest, "repeated_timestamp"),
        IngestFault.FalcoAlert => (StatusCodes.Status400BadRequest, "invalid_falco_alert"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private static string Sentence(EventRefusal refusal) => Text($"{refusal.Index} at byte {refusal.Offset} {refusal.Reason}");

    private static string Echo(string value) => value.Length <= MaxEcho ? value : value[..MaxEcho] + "…";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
