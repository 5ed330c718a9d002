using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>What was delivered is sent once more when somebody asks, with a count beforehand, beside what is new, and across a kill.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task Delivered_events_are_counted_and_replayed_from_a_position_beside_the_live_ones_also_over_a_kill()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        string path;
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path, ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.2"]))
        {
            var id = await webhook.CreateAsync(IntegrationCalls.Settings("again", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 0, ["maxBatchEvents"] = 10 }));
            path = $"{IntegrationCalls.Path}/{id}";
            for (var i = 0; i < 10; i++) (await webhook.SendAsync(oracle, 20)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
            await webhook.EventuallyAsync($"{path}/status", static s => s["cursor"]!.ToJsonString() == s["head"]!.ToJsonString());

            var all = await webhook.CallAsync(HttpMethod.Post, $"{path}/replay", new JsonObject { ["from"] = "2020-01-01T00:00:00Z", ["dryRun"] = true });
            all["events"]!.GetValue<int>().ShouldBe(200);
            var position = all["stretches"]![0]!["from"]!.DeepClone();
            var started = await webhook.CallAsync(HttpMethod.Post, $"{path}/replay", new JsonObject { ["position"] = position, ["maxRequestsPerSecond"] = 8 });
            started["number"]!.GetValue<int>().ShouldBe(1);
            await receiver.WaitAsync(got => got.Any(IsReplay));
            (await webhook.SendAsync(oracle, 30)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
            (await webhook.CallAsync(HttpMethod.Get, $"{path}/status"))["replay"]!["number"]!.GetValue<int>().ShouldBe(1);
            await webhook.KillAsync();
        }

        await using var again = await WebhookProcess.ServeAsync(data.Path);
        await again.EventuallyAsync($"{path}/status", static s => s["replay"] is null);

        var replays = receiver.Requests.Where(IsReplay).ToList();
        replays.ShouldAllBe(r => r.Headers["X-Webhook-Replay"] == "replay" && r.Headers["webhook-id"].EndsWith("-replay-1"));
        var byId = replays.GroupBy(static r => r.Headers["webhook-id"]).Select(static g => g.Select(Oracle.IdsOf).Select(static ids => string.Join(',', ids)).Distinct().Single()).ToList();
        byId.SelectMany(static ids => ids.Split(',')).Order().ShouldBe(Enumerable.Range(1, 200).Select(static n => $"e{n}").Order(), "each once, whatever was repeated after the kill");
        var live = receiver.Requests.Where(static r => !IsReplay(r)).DistinctBy(static r => r.Headers["webhook-id"]);
        oracle.Judge(live).ShouldBe(0, "what the kill repeats has the identity that it had");
    }

    [Fact]
    public async Task A_replay_is_called_off_and_nothing_is_replayed_while_nothing_was_delivered()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("off", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 0, ["maxBatchEvents"] = 1 }));
        var path = $"{IntegrationCalls.Path}/{id}";
        using (var nothing = await webhook.Admin.PostAsync($"{path}/replay", new StringContent("{\"from\":\"2020-01-01T00:00:00Z\"}")))
            (await nothing.Content.ReadAsStringAsync()).ShouldContain("nothing_to_replay");
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 50)).ShouldBeTrue();
        await receiver.WaitAsync(oracle.AllArrived);
        await webhook.EventuallyAsync($"{path}/status", static s => s["cursor"]!.ToJsonString() == s["head"]!.ToJsonString());

        await webhook.CallAsync(HttpMethod.Post, $"{path}/replay", new JsonObject { ["from"] = "2020-01-01T00:00:00Z", ["maxRequestsPerSecond"] = 1 });
        using (var second = await webhook.Admin.PostAsync($"{path}/replay", new StringContent("{\"from\":\"2020-01-01T00:00:00Z\"}")))
            (await second.Content.ReadAsStringAsync()).ShouldContain("replay_under_way");
        await webhook.CallAsync(HttpMethod.Delete, $"{path}/replay");

        (await webhook.CallAsync(HttpMethod.Get, $"{path}/status"))["replay"].ShouldBeNull();
        receiver.Requests.Count(IsReplay).ShouldBeLessThan(50);
    }

    private static bool IsReplay(ReceivedRequest request) => request.Headers.ContainsKey("X-Webhook-Replay");
}
