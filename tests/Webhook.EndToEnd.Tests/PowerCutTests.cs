using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// docs/faults.md rows 1 to 4 with the disk's power cut, not only the process killed: what the kernel had not been asked to sync is really gone. A kill -9 leaves the page cache, and with it
/// everything that was never synced.
/// </summary>
public sealed class PowerCutTests
{
    private const int Rounds = 4;
    private const int Producers = 3;
    private static readonly string[] QuickRetention = ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.2", "--set", "Webhook:EventLog:ReplayBytes=0", "--set", "Webhook:EventLog:MemtableBytes=1048576", "--set", "Webhook:EventLog:MinFreeDiskBytes=0"];

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_power_fails_at_random_moments_under_load()
    {
        await using var disk = OwnDisk.Create(256);
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        var random = new Random(20261125);
        for (var round = 0; round < Rounds; round++)
        {
            await using (var webhook = await WebhookProcess.ServeAsync(disk.Path, QuickRetention))
            {
                if (round == 0) await webhook.CreateAsync(Signed("power", receiver.Url));
                using var stop = new CancellationTokenSource();
                var goal = oracle.Acknowledged + random.Next(500, 4000);
                var producers = Enumerable.Range(0, Producers).Select(n => webhook.ProduceAsync(oracle, 1 + (n * 37), stop.Token)).ToArray();
                await Until.HoldsAsync(() => oracle.Acknowledged >= goal, () => $"{oracle.Acknowledged} events are acknowledged");
                disk.CutPower();
                await stop.CancelAsync();
                await Task.WhenAll(producers);
                await webhook.KillAsync();
            }

            await disk.RemountAsync();
        }

        await using var last = await WebhookProcess.ServeAsync(disk.Path, QuickRetention);
        (await last.SendAsync(oracle, 3)).ShouldBeTrue("a fresh event must be taken after the power came back");
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived, Until.Deadline));
        (await last.LostAsync()).ShouldBe(0);
    }

    /// <summary>Row 2: a new store, a new journal, a new key ring, each with its directory entries.</summary>
    [Fact]
    public async Task What_was_made_and_acknowledged_a_moment_ago_survives_the_first_power_cut()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var disk = OwnDisk.Create(256);
        var oracle = new Oracle();
        var data = Path.Combine(disk.Path, "new", "data");
        await using (var first = await WebhookProcess.ServeAsync(data, QuickRetention, fixedTokens: true))
        {
            var id = await first.CreateAsync(Signed("first", receiver.Url));
            await first.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
            (await first.SendAsync(oracle, 1)).ShouldBeTrue();
            disk.CutPower();
            await first.KillAsync();
        }

        await disk.RemountAsync();
        await using var second = await WebhookProcess.ServeAsync(data, QuickRetention);
        await second.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/1/enable");
        (await second.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
        (await second.HealthAsync()).Status.ShouldBe("Healthy");
    }

    /// <summary>The secret needs the key ring: without it the integration would be there and could not sign.</summary>
    private static JsonObject Signed(string name, Uri url) => IntegrationCalls.Settings(
        name, url, connectionInfo: new JsonObject { ["auth"] = "SIGNATURE", ["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
}
