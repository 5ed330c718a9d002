using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 10: where numbers end. An index in a block has 16 bits, a block's number 47; both ends are reached here by the real program.</summary>
public sealed class NumberRangeTests
{
    private const int EventsPerBlock = 65_536;

    [Fact]
    public async Task Blocks_as_full_as_they_can_be_arrive_whole()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("full blocks", receiver.Url, delivery: new() { ["maxBatchEvents"] = 10_000, ["maxBatchBytes"] = 10_000_000 }));
        for (var body = 0; body < 3; body++)
        {
            var events = Enumerable.Range(body * EventsPerBlock, EventsPerBlock).Select(static n => $"{{\"timestamp\":1700000000000000000,\"n\":{n}}}");
            using var content = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
            using var response = await webhook.Ingest.PostAsync($"/v1/events/{IntegrationCalls.Channel}", content);
            ((int)response.StatusCode).ShouldBe(202, await response.Content.ReadAsStringAsync());
        }

        var requests = await receiver.WaitAsync(static got => got.Where(Oracle.IsDelivery).Sum(static r => int.Parse(r.Headers["X-Webhook-Events"])) >= 3 * EventsPerBlock, Until.Deadline);
        var numbers = requests.Where(Oracle.IsDelivery)
            .OrderBy(static r => long.Parse(r.Headers["X-Webhook-First-Sequence"]))
            .SelectMany(static r => System.Text.Json.JsonDocument.Parse(r.Body).RootElement.EnumerateArray().Select(static e => e.GetProperty("n").GetInt32()));
        numbers.ShouldBe(Enumerable.Range(0, 3 * EventsPerBlock));
    }

    [Fact]
    public async Task The_last_numbers_of_the_log_are_delivered_and_then_it_says_that_it_has_no_more()
    {
        using var data = new TemporaryFolder();
        const long LastBlock = (1L << 47) - 2;
        Directory.CreateDirectory(Path.Combine(data.Path, "log"));
        await File.WriteAllBytesAsync(Path.Combine(data.Path, "log", "head"), Witness(LastBlock - 3));
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path))
        {
            await webhook.CreateAsync(IntegrationCalls.Settings("the last", receiver.Url));
            for (var i = 0; i < 2; i++) (await webhook.SendAsync(oracle, 5)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
            await webhook.KillAsync();
        }

        await using var again = await WebhookProcess.ServeAsync(data.Path);
        (await again.SendAsync(oracle, 5)).ShouldBeTrue();
        var refused = await again.PostAsync(oracle, 1);
        refused.Status.ShouldBe(503);
        refused.Body.ShouldContain("block numbers");
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived));
        receiver.Requests.Where(Oracle.IsDelivery).Max(static r => long.Parse(r.Headers["X-Webhook-Last-Sequence"])).ShouldBe((LastBlock << 16) + 4);
        await again.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString());
    }

    /// <summary>A log that has come so far: the file that tells how far it was durable, in the format that HeadWitness documents, with everything before dropped on purpose.</summary>
    private static byte[] Witness(long lastBlock)
    {
        var file = new byte[128];
        var slot = file.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(slot, 0x31444857);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], 1);
        ReadOnlySpan<long> numbers = [lastBlock, lastBlock, lastBlock * 100, lastBlock + 1, lastBlock, lastBlock * 100];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(slot[(8 + (8 * i))..], numbers[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[56..], XxHash3.HashToUInt64(slot[..56]));
        return file;
    }
}
