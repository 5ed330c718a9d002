using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The main job as a user sees it: the real program, real sockets, a real receiver.</summary>
public sealed class MainJobTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Sample_events_arrive_in_signed_batches_byte_for_byte()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("samples", receiver.Url,
            delivery: new JsonObject { ["maxBatchDelayMs"] = 200 },
            connectionInfo: new JsonObject { ["auth"] = "SIGNATURE", ["secret"] = Secret, ["headers"] = new JsonArray(new JsonObject { ["key"] = "X-Team", ["value"] = "blue" }) }));
        var test = receiver.Requests.ShouldHaveSingleItem("creating it enabled sends the sample batch of the test first");

        var events = SampleEvents.All.Select(e => e.WithTimestamp(1_700_000_000_000_000_000)).ToList();
        using var content = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        using var response = await webhook.Ingest.PostAsync($"/v1/events/{IntegrationCalls.Channel}", content);
        ((int)response.StatusCode).ShouldBe(202, await response.Content.ReadAsStringAsync());

        var requests = (await receiver.WaitAsync(got => got.Skip(1).Sum(EventCount) >= events.Count)).Skip(1).ToList();
        var arrived = requests.SelectMany(r => JsonDocument.Parse(r.Body).RootElement.EnumerateArray().Select(e => e.GetRawText())).ToList();
        arrived.ShouldBe(events);
        foreach (var request in requests.Prepend(test))
        {
            request.Method.ShouldBe("POST");
            request.Headers["Content-Type"].ShouldBe("application/json");
            request.Headers["X-Team"].ShouldBe("blue");
            request.Headers["User-Agent"].ShouldStartWith("webhook-actors/");
            VerifySignature(request);
        }

        requests.Select(r => r.Headers["webhook-id"]).ShouldBeUnique();
        var sequences = requests.Select(r => (First: long.Parse(r.Headers["X-Webhook-First-Sequence"]), Last: long.Parse(r.Headers["X-Webhook-Last-Sequence"]))).ToList();
        sequences.ShouldAllBe(s => s.First <= s.Last);
    }

    [Fact]
    public async Task A_restart_brings_everything_back_and_delivers_what_came_while_disabled()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        long id;
        JsonNode before;
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path))
        {
            id = await webhook.CreateAsync(IntegrationCalls.Settings("restart", receiver.Url));
            (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
            await webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
            (await webhook.SendAsync(oracle, 25)).ShouldBeTrue();
            before = await webhook.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/{id}");
            (await webhook.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        await using var again = await WebhookProcess.ServeAsync(data.Path);
        var after = await again.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/{id}");
        after.ToJsonString().ShouldBe(before.ToJsonString());
        await again.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/enable");
        await receiver.WaitAsync(oracle.AllArrived);
        oracle.Judge(receiver.Requests).ShouldBe(0, "nothing may be repeated over an orderly restart");
    }

    [Fact]
    public async Task An_ordered_integration_delivers_in_the_order_of_the_log_also_when_the_receiver_fails_in_between()
    {
        using var data = new TemporaryFolder();
        var failures = 0;
        await using var receiver = await Receiver.StartAsync(
            (request, context) =>
            {
                if (request.Number % 3 == 2)
                {
                    Interlocked.Increment(ref failures);
                    context.Response.StatusCode = 503;
                }

                return Task.CompletedTask;
            },
            keepOnly2xx: true);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("ordered", receiver.Url,
            delivery: new JsonObject { ["maxBatchDelayMs"] = 0, ["maxBatchEvents"] = 7, ["ordered"] = true }));
        var oracle = new Oracle();
        for (var i = 0; i < 6; i++) (await webhook.SendAsync(oracle, 5)).ShouldBeTrue();

        await receiver.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(60));
        var order = receiver.Requests.Where(Oracle.IsDelivery).SelectMany(Oracle.IdsOf).Select(id => int.Parse(id[1..])).ToList();
        order.ShouldBe(Enumerable.Range(1, 30));
        failures.ShouldBeGreaterThan(0, "the test must have seen a failure");
    }

    [Fact]
    public async Task A_dead_receiver_holds_back_only_its_own_integration()
    {
        using var data = new TemporaryFolder();
        await using var healthy = await Receiver.StartAsync();
        var alive = true;
        await using var dead = await Receiver.StartAsync((_, context) =>
        {
            if (!Volatile.Read(ref alive)) context.Abort();
            return Task.CompletedTask;
        }, keepOnly2xx: true);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("healthy", healthy.Url));
        var deadId = await webhook.CreateAsync(IntegrationCalls.Settings("dead", dead.Url));
        Volatile.Write(ref alive, false);

        var oracle = new Oracle();
        for (var i = 0; i < 20; i++) (await webhook.SendAsync(oracle, 50)).ShouldBeTrue();
        await healthy.WaitAsync(oracle.AllArrived);
        var status = await webhook.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/{deadId}/status");
        ((string?)status["state"]).ShouldNotBe("Connected");

        Volatile.Write(ref alive, true);
        await dead.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(60));
        oracle.Judge(dead.Requests);
    }

    [Fact]
    public async Task Metrics_count_what_came_in_and_what_went_out()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("metrics", receiver.Url));
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 40)).ShouldBeTrue();
        await receiver.WaitAsync(oracle.AllArrived);

        var metrics = await webhook.Admin.GetStringAsync("/metrics");
        metrics.ShouldContain("webhook_events_accepted_total");
        metrics.Split('\n').ShouldContain(line => line.StartsWith("webhook_events_accepted_total", StringComparison.Ordinal) && line.EndsWith(" 40", StringComparison.Ordinal));
    }

    private static int EventCount(ReceivedRequest request) => int.Parse(request.Headers["X-Webhook-Events"]);

    private static void VerifySignature(ReceivedRequest request)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body];
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        request.Headers["webhook-signature"].ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
    }
}
