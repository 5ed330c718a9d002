using System.Buffers;
using Webhook.Actors.Sending;

namespace Webhook.Server.Receiving;

/// <summary>A request's headers as they may be shown: without line breaks and control characters, and without what proves who sent it.</summary>
internal static class ReceiptHeaders
{
    // In a header's name; a signature is no secret, and the point of trying things out.
    private static readonly SearchValues<string> SecretNames = SearchValues.Create(
        ["authorization", "token", "key", "secret", "cookie", "password", "credential"], StringComparison.OrdinalIgnoreCase);

    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "traceparent", "tracestate", "Sec-Fetch-Mode",
    };

    /// <param name="all">false: without those that say only how the connection is used.</param>
    public static IEnumerable<(string Name, string Value)> Shown(IHeaderDictionary headers, bool all)
    {
        foreach (var (name, value) in headers)
        {
            if (all || !OfTheConnection.Contains(name)) yield return (name, name.AsSpan().ContainsAny(SecretNames) ? Mask(value.ToString()) : AnswerExcerpt.OneLine(value.ToString()));
        }
    }

    // "Bearer ***": which kind it is helps, and is no secret.
    private static string Mask(string value) =>
        value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? string.Concat(value.AsSpan(0, value.IndexOf(' ', StringComparison.Ordinal) + 1), Credentials.Mask)
            : Credentials.Mask;
}
