using System.Globalization;
using System.Net;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Builds the request of one attempt (spec 3): everything a receiver sees is put together here.</summary>
internal static class DeliveryRequest
{
    private static readonly string UserAgent = "webhook-actors/" + typeof(DeliveryRequest).Assembly.GetName().Version!.ToString(3);

    /// <exception cref="CredentialsException">There is no usable secret to sign with.</exception>
    public static HttpRequestMessage Create(
        IntegrationSettings settings, Credentials credentials, Batch batch, EncodedBody body, DateTimeOffset now)
    {
        var content = new ByteArrayContent(body.Bytes.Array!, body.Bytes.Offset, body.Bytes.Count);
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
        headers.TryAddWithoutValidation("X-Webhook-Partition", Text(batch.Partition));
        headers.TryAddWithoutValidation("X-Webhook-First-Sequence", Text(batch.FirstSequence));
        headers.TryAddWithoutValidation("X-Webhook-Last-Sequence", Text(batch.LastSequence));
        foreach (var header in settings.Headers) headers.TryAddWithoutValidation(header.Key, header.Value);
        credentials.Sign(headers, batch.Id, batch.Body, now);
        return request;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
