using System.Text;
using Webhook.Load.Events;

namespace Webhook.Load.Generating;

/// <summary>Where the events go: any address that takes them by HTTP POST and answers 2xx.</summary>
/// <param name="Headers">With their secrets: never printed, never in a result.</param>
internal sealed record IngestTarget(Uri Address, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The head of every request, up to its length.</summary>
    public string RequestHead(BodyFormat format)
    {
        var head = new StringBuilder($"POST {Address.PathAndQuery} HTTP/1.1\r\nHost: {Address.Authority}\r\nUser-Agent: webhook-load\r\n");
        if (!Headers.Keys.Contains("Content-Type", StringComparer.OrdinalIgnoreCase))
        {
            head.Append("Content-Type: ").Append(format == BodyFormat.Ndjson ? "application/x-ndjson" : "application/json").Append("\r\n");
        }

        foreach (var (name, value) in Headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        return head.ToString();
    }
}
