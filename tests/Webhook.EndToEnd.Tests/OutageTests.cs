using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md rows 9 and 15: outages longer than every queue, and a log that fills in one.</summary>
public sealed class OutageTests
{
    private static readonly string[] SmallQueues =
    [
        "--set", "Webhook:EventLog:SharedTailBytes=65536", "--set", "Webhook:EventLog:MemtableBytes=262144", "--set", "Webhook:EventLog:RetentionInterval=00:00:00.2", "--set", "Webhook:EventLog:ReplayBytes=0",
    ];

    [Fact]
    public async Task A_backlog_larger_than_every_queue_drains_when_the_receiver_is_back_on_its_port()
    {
        using var data = new TemporaryFolder();
        var before = await Receiver.StartAsync();
        var port = before.Url.Port;
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, SmallQueues);
        await webhook.CreateAsync(IntegrationCalls.Settings("outage", before.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 20, ["maxBatchEvents"] = 50 }));
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
        await before.WaitAsync(oracle.AllArrived);
        await before.DisposeAsync();

        for (var i = 0; i < 50; i++) (await webhook.SendAsync(oracle, 100, padding: 500)).ShouldBeTrue();
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => (string?)status["state"] != "Connected");
        (await webhook.MetricAsync("webhook_integration_requests_in_flight")).ShouldBeLessThanOrEqualTo(4, "what waits is in the log, not in memory");

        await using var after = await Receiver.StartAsync(port: port);
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        await after.WaitAsync(requests => oracle.AllArrived([.. before.Requests, .. requests]), Until.Deadline);
        oracle.Judge([.. before.Requests, .. after.Requests]);
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString());
    }

    [Fact]
    public async Task In_a_429_storm_a_full_log_pushes_producers_back_and_drops_nothing()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync(RateLimit);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, [.. SmallQueues, "--set", "Webhook:EventLog:MaxBytes=1048576"]);
        await webhook.CreateAsync(IntegrationCalls.Settings("storm", receiver.Url));
        receiver.IsUp = false;
        var oracle = new Oracle();
        IngestReply reply;
        while ((reply = await webhook.PostAsync(oracle, 100, padding: 500)).IsAcknowledged) oracle.Acknowledged.ShouldBeLessThan(3000, "a full log refuses");

        reply.Status.ShouldBe(503, reply.Body);
        reply.RetryAfter.ShouldNotBeNull();
        reply.Body.ShouldContain("The event log is full");
        (await webhook.HealthAsync()).Status.ShouldBe("Unhealthy");
        await receiver.RefusesAsync(2);
        (await webhook.LostAsync()).ShouldBe(0);

        receiver.IsUp = true;
        await Until.HoldsAsync(async () => (await webhook.PostAsync(oracle, 1)).IsAcknowledged, () => "the log does not take events again");
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived, Until.Deadline)).ShouldBe(0);
        (await webhook.LostAsync()).ShouldBe(0);
        await webhook.HealthTurnsAsync("Healthy");
    }

    [Fact]
    public async Task With_a_size_limit_what_is_dropped_in_a_429_storm_is_counted_and_named()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync(RateLimit);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, [.. SmallQueues, "--set", "Webhook:EventLog:RetentionBytes=1048576"]);
        await webhook.CreateAsync(IntegrationCalls.Settings("storm", receiver.Url));
        receiver.IsUp = false;
        var oracle = new Oracle();
        for (var i = 0; i < 40; i++) (await webhook.SendAsync(oracle, 100, padding: 500)).ShouldBeTrue();
        await Until.HoldsAsync(async () => await webhook.LostAsync() > 0 && await webhook.MetricAsync("webhook_log_bytes") <= 1048576, () => "nothing is dropped");
        await receiver.RefusesAsync(1);
        webhook.Log.ShouldContain(static line => line.Contains("Retention by", StringComparison.Ordinal));

        receiver.IsUp = true;
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString());
        oracle.Judge(receiver.Requests, await webhook.LostAsync()).ShouldBe(0);
    }

    private static void RateLimit(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = "1";
    }
}
