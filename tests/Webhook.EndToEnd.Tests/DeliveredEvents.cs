using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The events of one request, whatever its format and compression.</summary>
internal static class DeliveredEvents
{
    public static IReadOnlyList<(string Id, string Text)> Of(ReceivedRequest request)
    {
        var body = Inflate(request);
        return request.Headers["Content-Type"] == "application/x-ndjson"
            ? [.. Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => (IdOf(line), line))]
            : Array(body);
    }

    private static List<(string, string)> Array(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.EnumerateArray().Select(static e => (e.GetProperty("id").GetString()!, e.GetRawText()))];
    }

    private static string IdOf(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("id").GetString()!;
    }

    private static byte[] Inflate(ReceivedRequest request)
    {
        if (!request.Headers.TryGetValue("Content-Encoding", out var encoding)) return request.Body;
        if (encoding == "zstd")
        {
            using var zstd = new ZstdNet.Decompressor();
            return zstd.Unwrap(request.Body);
        }

        encoding.ShouldBe("gzip");
        using var gzip = new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }
}
