using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>failures.md row 14: a change of settings with a backlog, in the middle of retries, loses nothing and takes over at once.</summary>
public sealed class SettingsChangeTests
{
    [Fact]
    public async Task A_backlog_for_a_dead_receiver_goes_to_the_new_one_as_soon_as_the_settings_change()
    {
        using var data = new TemporaryFolder();
        var alive = true;
        await using var old = await Receiver.StartAsync((_, context) =>
        {
            if (!Volatile.Read(ref alive)) context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }, keepOnly2xx: true);
        await using var fresh = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("moves", old.Url));
        Volatile.Write(ref alive, false);
        var oracle = new Oracle();
        for (var i = 0; i < 10; i++) (await webhook.SendAsync(oracle, 200)).ShouldBeTrue();
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/{id}/errors", errors => errors["count"]!.GetValue<int>() > 0);

        await webhook.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/{id}", IntegrationCalls.Settings("moves", fresh.Url, enabled: null));
        await fresh.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(20));
        oracle.Judge(fresh.Requests).ShouldBe(0);
    }

    [Fact]
    public async Task Every_setting_of_the_delivery_can_change_while_events_flow()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("changes", receiver.Url));
        var oracle = new Oracle();
        JsonObject[] deliveries =
        [
            new() { ["maxBatchEvents"] = 3 },
            new() { ["maxBatchBytes"] = 1000 },
            new() { ["maxBatchDelayMs"] = 0 },
            new() { ["ordered"] = true, ["maxBatchDelayMs"] = 10 },
            new() { ["maxConcurrency"] = 16, ["maxBatchDelayMs"] = 10 },
            new() { ["timeoutMs"] = 60_000, ["maxBatchDelayMs"] = 10 },
            new() { ["maxRequestsPerSecond"] = 1000, ["maxBatchDelayMs"] = 10 },
        ];
        foreach (var delivery in deliveries)
        {
            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
            await webhook.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/{id}", IntegrationCalls.Settings("changes", receiver.Url, enabled: null, delivery));
            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
        }

        await receiver.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(60));
        oracle.Judge(receiver.Requests).ShouldBe(0, "an orderly change repeats nothing");
    }
}
