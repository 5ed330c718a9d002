using System.Text.Json.Nodes;
using Webhook.Testing;
using Xunit.Abstractions;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md rows 1, 2, 4, 7, 17, 25: kill -9, most of all at random moments under load; nothing that was acknowledged is lost.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>More of them by hand: <c>WEBHOOK_KILL_ROUNDS=100</c>.</summary>
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("WEBHOOK_KILL_ROUNDS") ?? "20", System.Globalization.CultureInfo.InvariantCulture);

    private const int Producers = 4;

    /// <summary>
    /// The receiver goes by the sequence headers and is itself in trouble: it loses answers, is overloaded, and refuses bodies that are too large. Whatever is repeated after a kill must be
    /// repeated as it was cut, or it would have events twice.
    /// </summary>
    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_had_twice_when_the_process_is_killed_at_random_moments_under_load()
    {
        using var data = new TemporaryFolder();
        var random = new Random(20261124);
        var trouble = new Random(20261125);
        await using var receiver = await ExactlyOnceReceiver.StartAsync((request, context) =>
        {
            lock (trouble)
            {
                var kind = Oracle.IsDelivery(request) ? trouble.Next(20) : -1;
                if (kind == 0) context.Abort();
                else if (kind == 1) context.Response.StatusCode = 503;
                else if (kind >= 0 && request.Body.Length > 60_000) context.Response.StatusCode = 413;
            }

            return Task.CompletedTask;
        });
        var oracle = new Oracle();

        for (var round = 0; round < Rounds; round++)
        {
            await using var webhook = await WebhookProcess.ServeAsync(data.Path);
            if (round == 0) await webhook.CreateAsync(IntegrationCalls.Settings("kill", receiver.Url));

            using var stop = new CancellationTokenSource();
            var goal = oracle.Acknowledged + random.Next(50, 3000);
            var producers = Enumerable.Range(0, Producers).Select(n => webhook.ProduceAsync(oracle, 1 + (n * 37), stop.Token)).ToArray();
            while (oracle.Acknowledged < goal) await Task.WhenAny(producers.Append(Task.Delay(random.Next(1, 5))));
            await webhook.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(producers);
        }

        await using var last = await WebhookProcess.ServeAsync(data.Path);
        (await last.SendAsync(oracle, 3)).ShouldBeTrue("a fresh event must be taken after the kills");
        await receiver.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(120));
        oracle.Judge(receiver.Taken).ShouldBe(0, "events that the receiver has twice");
        receiver.Overlapping.ShouldBe(0, "batches that were cut anew");
        output.WriteLine($"{Rounds} kills, {oracle.Acknowledged} events acknowledged, all arrived once; {receiver.Dropped} requests were repetitions");
    }

    /// <summary>Rows 2 and 25: a store that was made a moment ago must be found again, directory entries and all.</summary>
    [Fact]
    public async Task The_first_event_of_a_new_store_survives_a_kill_right_after_its_acknowledgement()
    {
        for (var round = 0; round < 3; round++)
        {
            using var data = new TemporaryFolder();
            await using var receiver = await Receiver.StartAsync();
            var oracle = new Oracle();
            await using (var first = await WebhookProcess.ServeAsync(data.Path))
            {
                var id = await first.CreateAsync(IntegrationCalls.Settings("first", receiver.Url));
                await first.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
                (await first.SendAsync(oracle, 1)).ShouldBeTrue();
                await first.KillAsync();
            }

            await using var second = await WebhookProcess.ServeAsync(data.Path);
            await second.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/1/enable");
            await receiver.WaitAsync(oracle.AllArrived);
            oracle.Judge(receiver.Requests).ShouldBe(0);
        }
    }

    /// <summary>Row 7: the counted size must not drift, restart after restart, until the log is "full" for ever.</summary>
    [Fact]
    public async Task The_size_of_the_log_is_the_same_before_and_after_every_restart_and_empty_when_all_is_delivered()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        string[] quickRetention = ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.2", "--set", "Webhook:EventLog:ReplayBytes=0"];
        var before = 0.0;
        for (var round = 0; round < 4; round++)
        {
            await using var webhook = await WebhookProcess.ServeAsync(data.Path, quickRetention);
            if (round == 0)
            {
                var id = await webhook.CreateAsync(IntegrationCalls.Settings("size", receiver.Url));
                await webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
            }
            else
            {
                (await SizeAsync(webhook)).ShouldBe(before);
            }

            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
            before = await SizeAsync(webhook);
            before.ShouldBeGreaterThan(0);
            await webhook.KillAsync();
        }

        await using var last = await WebhookProcess.ServeAsync(data.Path, quickRetention);
        await last.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/1/enable");
        await receiver.WaitAsync(oracle.AllArrived);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await SizeAsync(last) is var size and > 0)
        {
            deadline.IsCancellationRequested.ShouldBeFalse($"all is delivered, and the log still counts {size} bytes");
            await tick.WaitForNextTickAsync();
        }
    }

    /// <summary>Row 17: batching comes after durability, so a batch that was still filling is nothing that could be lost.</summary>
    [Fact]
    public async Task A_batch_that_is_filling_when_the_process_is_killed_is_delivered_after_the_next_start()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        long id;
        await using (var first = await WebhookProcess.ServeAsync(data.Path))
        {
            id = await first.CreateAsync(IntegrationCalls.Settings("fills", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 300_000 }));
            (await first.SendAsync(oracle, 17)).ShouldBeTrue();
            await first.KillAsync();
        }

        receiver.Requests.Where(Oracle.IsDelivery).ShouldBeEmpty("the batch must still be filling, or the test shows nothing");
        await using var second = await WebhookProcess.ServeAsync(data.Path);
        (await second.SendAsync(oracle, 1)).ShouldBeTrue();
        await second.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/{id}", IntegrationCalls.Settings("fills", receiver.Url, enabled: null));
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    private static Task<double> SizeAsync(WebhookProcess webhook) => webhook.MetricAsync("webhook_log_bytes");
}
