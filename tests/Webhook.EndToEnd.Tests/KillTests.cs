using Webhook.Testing;
using Xunit.Abstractions;

namespace Webhook.EndToEnd.Tests;

/// <summary>failures.md rows 1, 4, 17: kill -9 at random moments under load; nothing that was acknowledged is lost.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 20;
    private const int Producers = 4;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed_at_random_moments_under_load()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        var random = new Random(20261124);

        for (var round = 0; round < Rounds; round++)
        {
            await using var webhook = await WebhookProcess.ServeAsync(data.Path);
            if (round == 0) await webhook.CreateAsync(IntegrationCalls.Settings("kill", receiver.Url));

            using var stop = new CancellationTokenSource();
            var goal = oracle.Acknowledged + random.Next(50, 3000);
            var producers = Enumerable.Range(0, Producers).Select(n => ProduceAsync(webhook, oracle, 1 + (n * 37), stop.Token)).ToArray();
            while (oracle.Acknowledged < goal) await Task.WhenAny(producers.Append(Task.Delay(random.Next(1, 5))));
            await webhook.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(producers);
        }

        await using var last = await WebhookProcess.ServeAsync(data.Path);
        (await last.SendAsync(oracle, 3)).ShouldBeTrue("a fresh event must be taken after the kills");
        var requests = await receiver.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(60));
        var repeated = oracle.Judge(requests);
        output.WriteLine($"{Rounds} kills, {oracle.Acknowledged} events acknowledged, all arrived; {repeated} came more than once");
    }

    /// <summary>failures.md row 2: a store that was made a moment ago must be found again, directory entries and all.</summary>
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

    /// <summary>failures.md row 7: the counted size must not drift, restart after restart, until the log is "full" for ever.</summary>
    [Fact]
    public async Task The_size_of_the_log_is_the_same_before_and_after_every_restart_and_empty_when_all_is_delivered()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        string[] quickRetention = ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.2"];
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

    private static async Task<double> SizeAsync(WebhookProcess webhook)
    {
        const string name = "webhook_log_bytes";
        var metrics = await webhook.Admin.GetStringAsync("/metrics");
        var line = metrics.Split('\n').Single(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task ProduceAsync(WebhookProcess webhook, Oracle oracle, int eventsEach, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested) await webhook.SendAsync(oracle, eventsEach, stop);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The kill: what had no answer is no obligation.
        }
    }
}
