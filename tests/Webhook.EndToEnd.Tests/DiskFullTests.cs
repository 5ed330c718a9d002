using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 26: the disk is full. Ingest refuses, deliveries go on, and when there is space again everything does.</summary>
public sealed class DiskFullTests
{
    private const string SmallTables = "Webhook:EventLog:MemtableBytes=262144";

    /// <param name="minFreeDiskBytes">0: nothing stops the writers before the filesystem does.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(8 * 1024 * 1024)]
    public async Task While_the_disk_is_full_ingest_is_503_and_deliveries_go_on_and_then_all_resumes(int minFreeDiskBytes)
    {
        await using var disk = OwnDisk.Create(96);
        await using var receiver = await SwitchedReceiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(disk.Path,
            ["--set", SmallTables, "--set", $"Webhook:EventLog:MinFreeDiskBytes={minFreeDiskBytes}", "--set", "Webhook:EventLog:RetentionInterval=00:00:00.2", "--set", "Webhook:EventLog:ReplayBytes=0"]);
        await webhook.CreateAsync(IntegrationCalls.Settings("disk full", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 20, ["maxBatchEvents"] = 50 }));
        receiver.IsUp = false;
        var oracle = new Oracle();
        for (var i = 0; i < 20; i++) (await webhook.SendAsync(oracle, 100, padding: 500)).ShouldBeTrue();

        disk.Fill();
        var refused = await RefusedAsync(webhook, oracle);
        refused.Status.ShouldBe(503, refused.Body);
        refused.RetryAfter.ShouldNotBeNull();
        await webhook.HealthTurnsAsync("Unhealthy");

        receiver.IsUp = true;
        await receiver.WaitAsync(oracle.AllArrived, Until.Deadline);
        (await webhook.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/1/status"))["isEnabled"]!.GetValue<bool>().ShouldBeTrue();

        disk.Empty();
        await Until.HoldsAsync(async () => (await webhook.PostAsync(oracle, 1)).IsAcknowledged, () => string.Join('\n', webhook.Log.TakeLast(5)));
        await webhook.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/1", IntegrationCalls.Settings("disk full, renamed", receiver.Url, enabled: null));
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived));
        (await webhook.LostAsync()).ShouldBe(0);
        await webhook.HealthTurnsAsync("Healthy");
    }

    [Fact]
    public async Task Killed_on_a_full_disk_it_says_why_it_does_not_start_and_has_everything_when_there_is_space()
    {
        await using var disk = OwnDisk.Create(96);
        await using var receiver = await SwitchedReceiver.StartAsync();
        string[] settings = ["--set", SmallTables, "--set", "Webhook:EventLog:MinFreeDiskBytes=0"];
        var oracle = new Oracle();
        await using (var first = await WebhookProcess.ServeAsync(disk.Path, settings))
        {
            await first.CreateAsync(IntegrationCalls.Settings("killed", receiver.Url));
            receiver.IsUp = false;
            for (var i = 0; i < 20; i++) (await first.SendAsync(oracle, 100, padding: 500)).ShouldBeTrue();
            disk.Fill();
            (await RefusedAsync(first, oracle)).Status.ShouldBe(503);
            await first.KillAsync();
        }

        disk.Fill();
        var (exitCode, _, error) = await WebhookProcess.RunAsync(["serve", "--data", disk.Path, "--urls", "http://127.0.0.1:0", .. settings]);
        exitCode.ShouldBe(2, error);
        error.ShouldContain("webhook: it cannot start:");
        error.ShouldNotContain("Unhandled exception");

        disk.Empty();
        receiver.IsUp = true;
        await using var second = await WebhookProcess.ServeAsync(disk.Path, settings);
        (await second.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived, Until.Deadline)).ShouldBe(0);
        (await second.LostAsync()).ShouldBe(0);
    }

    // What has been allocated before the disk was full may still take a few.
    private static async Task<IngestReply> RefusedAsync(WebhookProcess webhook, Oracle oracle)
    {
        IngestReply reply;
        var before = oracle.Acknowledged;
        while ((reply = await webhook.PostAsync(oracle, 100, padding: 500)).IsAcknowledged) oracle.Acknowledged.ShouldBeLessThan(before + 20_000, "a full disk refuses");
        return reply;
    }
}
