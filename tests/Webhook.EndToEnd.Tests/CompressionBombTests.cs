using System.IO.Compression;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 22: a small body that inflates to a gigabyte is refused with 413 at the limit, and memory stays flat.</summary>
public sealed class CompressionBombTests
{
    private const int Piece = 16 * 1024 * 1024;
    private const int Pieces = 64;

    /// <summary>The limit of what inflates, twice (it grows into its array), and what comes in meanwhile.</summary>
    private const long Bound = 220L * 1024 * 1024;

    [Fact]
    public async Task A_gigabyte_out_of_a_small_body_is_413_and_memory_stays_flat()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("bombs", receiver.Url));
        (string Encoding, byte[] Body)[] bombs = [("gzip", Gzip()), ("br", Brotli()), ("zstd", Zstd())];
        webhook.ResetPeak();
        var before = webhook.ResidentBytes();

        for (var round = 0; round < 2; round++)
        {
            var answers = await Task.WhenAll(bombs.Concat(bombs).Select(bomb => SendAsync(webhook, bomb.Encoding, bomb.Body)));
            foreach (var (status, body) in answers)
            {
                status.ShouldBe(413, body);
                ((string?)JsonNode.Parse(body)!["type"]).ShouldBe("inflated_body_too_large");
            }
        }

        (webhook.PeakResidentBytes() - before).ShouldBeLessThan(Bound, $"it was {before >> 20} MiB before");
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    private static async Task<(int Status, string Body)> SendAsync(WebhookProcess webhook, string encoding, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentEncoding.Add(encoding);
        using var response = await webhook.Ingest.PostAsync($"/v1/events/{IntegrationCalls.Channel}", content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    // Members and frames may follow each other, so one piece is compressed once.
    private static byte[] Gzip()
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest)) gzip.Write(new byte[Piece]);
        return Repeat(member.ToArray());
    }

    private static byte[] Zstd()
    {
        using var compressor = new ZstdNet.Compressor();
        return Repeat(compressor.Wrap(new byte[Piece]));
    }

    private static byte[] Brotli()
    {
        using var body = new MemoryStream();
        using (var brotli = new BrotliStream(body, CompressionLevel.Fastest))
        {
            var piece = new byte[Piece];
            for (var i = 0; i < Pieces; i++) brotli.Write(piece);
        }

        return body.ToArray();
    }

    private static byte[] Repeat(byte[] piece) => [.. Enumerable.Repeat(piece, Pieces).SelectMany(static p => p)];
}
