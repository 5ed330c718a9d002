using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>A header that the settings ask for cannot be sent as it stands; the message names it, never its value.</summary>
internal sealed class UnsendableHeaderException(string message) : Exception(message);

/// <summary>Builds the request of one attempt: everything a receiver sees is put together here.</summary>
internal static class DeliveryRequest
{
    private static readonly string UserAgent = "webhook-actors/" + typeof(DeliveryRequest).Assembly.GetName().Version!.ToString(3);

    // In lower case; what a header's name has of these makes its value a secret.
    private static readonly SearchValues<string> SecretNames = SearchValues.Create(
        ["authorization", "signature", "token", "key", "secret", "cookie", "password", "credential"], StringComparison.OrdinalIgnoreCase);

    /// <param name="trace">Follows the request.</param>
    /// <exception cref="CredentialsException">There is no usable secret to sign with.</exception>
    /// <exception cref="UnsendableHeaderException">A header would break the request or take the place of one of ours. It is refused, not left out: a receiver may rely on it.</exception>
    public static HttpRequestMessage Create(
        IntegrationSettings settings, Credentials credentials, Batch batch, EncodedBody body, DateTimeOffset now, StageTrace trace)
    {
        var content = new BatchContent(body.Bytes, trace);
        content.Headers.TryAddWithoutValidation("Content-Type", settings.Output == PayloadFormat.Ndjson ? "application/x-ndjson" : "application/json");
        if (body.ContentEncoding is { } encoding) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        var request = new HttpRequestMessage(HttpMethod.Post, settings.Endpoint)
        {
            Content = content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        headers.TryAddWithoutValidation("webhook-id", batch.Id);
        headers.TryAddWithoutValidation("X-Webhook-Events", Text(batch.Events));
        headers.TryAddWithoutValidation("X-Webhook-Partition", Text(batch.Lane.Partition));
        headers.TryAddWithoutValidation("X-Webhook-First-Sequence", Text(batch.FirstSequence));
        headers.TryAddWithoutValidation("X-Webhook-Last-Sequence", Text(batch.LastSequence));
        if (batch.Kind is BatchKind.Replay or BatchKind.Redelivery) headers.TryAddWithoutValidation("X-Webhook-Replay", NameOf(batch.Kind));
        foreach (var header in settings.Headers) Add(headers, header);
        credentials.Sign(headers, batch.Id, batch.Body, now);
        CheckLines(headers);
        trace.Follow(request);
        return request;
    }

    /// <summary>The headers of a request as they may be shown: without secrets, whether they are ours or stand in a header of the integration's own.</summary>
    public static IReadOnlyList<RequestHeader> Describe(HttpRequestMessage request, Credentials credentials)
    {
        var shown = new List<RequestHeader>();
        foreach (var header in request.Headers.NonValidated) Show(header.Key, header.Value.ToString());
        foreach (var header in request.Content!.Headers.NonValidated) Show(header.Key, header.Value.ToString());
        return shown;

        void Show(string name, string value) =>
            shown.Add(new RequestHeader(name, name.AsSpan().ContainsAny(SecretNames) ? Credentials.Mask : credentials.Redact(value)));
    }

    /// <summary>As the header <c>X-Webhook-Replay</c> and the delivery log have it.</summary>
    public static string NameOf(BatchKind kind) => kind switch
    {
        BatchKind.Delivery => "delivery",
        BatchKind.Replay => "replay",
        BatchKind.Redelivery => "redelivery",
        BatchKind.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no name"),
    };

    // The rules of the validation once more: settings are stored for years, and were checked by the rules of their day.
    private static void Add(HttpRequestHeaders headers, CustomHeader header)
    {
        if (CustomHeaderRules.CheckName(header.Key) is { } name)
            throw new UnsendableHeaderException($"a custom header cannot be sent: its name {name}");
        if (CustomHeaderRules.CheckValue(header.Value) is { } value)
            throw new UnsendableHeaderException($"the custom header '{header.Key}' cannot be sent: its value {value}");
        headers.TryAddWithoutValidation(header.Key, header.Value);
    }

    // The runtime leaves out a header whose value would break the line, without a word. Nothing may go without its id or its authentication.
    private static void CheckLines(HttpRequestHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
                    throw new UnsendableHeaderException($"the header '{name}' cannot be sent: its value holds a line break or NUL");
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
