using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 14: a change of settings with a backlog, in the middle of retries, loses nothing and takes over at once.</summary>
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

    /// <summary>Each change of an integration, with a backlog and in the middle of retries.</summary>
    [Fact]
    public async Task Every_setting_of_an_integration_can_change_with_a_backlog_and_mid_retry()
    {
        (string What, Action<JsonObject> Change)[] changes =
        [
            ("name", static s => s["name"] = "another name"),
            ("authentication", static s => Connection(s, ("auth", "BEARER_TOKEN"), ("secret", "a-token"))),
            ("signature", static s => Connection(s, ("auth", "SIGNATURE"), ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))),
            ("headers", static s => Connection(s, ("headers", new JsonArray(new JsonObject { ["key"] = "X-Team", ["value"] = "blue" })))),
            ("insecure", static s => Connection(s, ("isInsecure", true))),
            ("output", static s => Connection(s, ("output", "ndjson"))),
            ("timestamps", static s => Connection(s, ("timestampFormat", "seconds"))),
            ("channels", static s => s["channels"] = new JsonArray(IntegrationCalls.Channel, "ACTIVITY_AUDIT")),
            ("batch events", static s => s["delivery"]!["maxBatchEvents"] = 3),
            ("batch bytes", static s => s["delivery"]!["maxBatchBytes"] = 1000),
            ("batch delay", static s => s["delivery"]!["maxBatchDelayMs"] = 0),
            ("timeout", static s => s["delivery"]!["timeoutMs"] = 1000),
            ("concurrency", static s => s["delivery"]!["maxConcurrency"] = 64),
            ("order", static s => s["delivery"]!["ordered"] = true),
            ("rate", static s => s["delivery"]!["maxRequestsPerSecond"] = 500),
            ("gzip", static s => s["delivery"]!["compression"] = "gzip"),
            ("zstd", static s => s["delivery"]!["compression"] = "zstd"),
            ("GitHub's signature", static s =>
            {
                Connection(s, ("auth", "SIGNATURE"), ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
                s["delivery"]!["signatureStyle"] = "github";
            }),
        ];
        using var data = new TemporaryFolder();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        foreach (var (what, change) in changes)
        {
            await using var receiver = await SwitchedReceiver.StartAsync();
            var settings = IntegrationCalls.Settings(what, receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 20, ["maxBatchEvents"] = 20 });
            var id = await webhook.CreateAsync(settings);
            receiver.IsUp = false;
            var oracle = new Oracle();
            (await webhook.SendAsync(oracle, 200)).ShouldBeTrue();
            await receiver.RefusesAsync(1);

            settings.Remove("isEnabled");
            change(settings);
            await webhook.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/{id}", settings);
            receiver.IsUp = true;
            (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
            oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0, what);
            await webhook.CallAsync(HttpMethod.Delete, $"{IntegrationCalls.Path}/{id}");
        }
    }

    [Fact]
    public async Task Disabled_and_enabled_again_in_the_middle_of_retries_it_goes_on_with_the_backlog()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("on and off", receiver.Url));
        receiver.IsUp = false;
        var oracle = new Oracle();
        for (var i = 0; i < 5; i++)
        {
            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
            await receiver.RefusesAsync(1);
            await webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
            await webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/enable");
        }

        receiver.IsUp = true;
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    /// <summary>The program's own settings change with a restart; the backlog of before may be larger than what is allowed now.</summary>
    [Fact]
    public async Task Every_setting_of_the_program_can_change_over_a_restart_with_a_backlog()
    {
        string[] other =
        [
            "--set", "Webhook:EventLog:MaxBytes=1048576", "--set", "Webhook:EventLog:MaxWaitingBytes=65536", "--set", "Webhook:EventLog:CommitBytes=4096",
            "--set", "Webhook:EventLog:CommitInterval=00:00:00", "--set", "Webhook:EventLog:SharedTailBytes=0", "--set", "Webhook:EventLog:MemtableBytes=65536",
            "--set", "Webhook:EventLog:RetentionInterval=00:00:00.1", "--set", "Webhook:EventLog:IdempotencyRecords=1", "--set", "Webhook:EventLog:IdempotencyAge=00:01:00",
            "--set", "Webhook:EventLog:StalledAfter=00:00:05", "--set", "Webhook:EventLog:MinFreeDiskBytes=0", "--set", "Webhook:Delivery:DrainTimeout=00:00:01",
            "--set", "Webhook:Ingest:MaxEventBytes=1024", "--set", "Webhook:Ingest:MaxDepth=8", "--set", "Webhook:Channels:Hidden:0=AUDIT_TAP", "--set", "Webhook:Api:RequestsPerMinute=1000",
        ];
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        var oracle = new Oracle();
        await using (var first = await WebhookProcess.ServeAsync(data.Path))
        {
            await first.CreateAsync(IntegrationCalls.Settings("restarted", receiver.Url));
            receiver.IsUp = false;
            for (var i = 0; i < 30; i++) (await first.SendAsync(oracle, 50, padding: 2000)).ShouldBeTrue();
            await receiver.RefusesAsync(1);
            (await first.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        await using var second = await WebhookProcess.ServeAsync(data.Path, other);
        await receiver.RefusesAsync(1);
        (await second.PostAsync(oracle, 1)).Status.ShouldBe(503, "the backlog is larger than the log may be now");
        receiver.IsUp = true;
        await Until.HoldsAsync(async () => (await second.PostAsync(oracle, 1)).IsAcknowledged, () => "the log is full for ever");
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
        (await second.LostAsync()).ShouldBe(0);
    }

    private static void Connection(JsonObject settings, params (string Name, JsonNode Value)[] values)
    {
        foreach (var (name, value) in values) settings["connectionInfo"]![name] = value;
    }
}
