using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 6: what is wedged must not look healthy. The log's writer, a reader and a sink are really stalled: by a frozen disk, a disk that does not read, a receiver that never answers.</summary>
public sealed class StallTests
{
    private static readonly string[] QuickToNotice = ["--set", "Webhook:EventLog:StalledAfter=00:00:01", "--set", "Webhook:Delivery:StalledAfter=00:00:02"];

    [Fact]
    public async Task A_stalled_writer_turns_the_health_and_pushes_producers_back_and_deliveries_go_on()
    {
        using var data = new TemporaryFolder();
        await using var disk = OwnDisk.Create(128);
        await using var receiver = await SwitchedReceiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path,
        [
            .. QuickToNotice, "--set", $"Webhook:EventLog:Path={disk.Path}/log", "--set", "Webhook:EventLog:MemtableBytes=1048576", "--set", "Webhook:EventLog:MinFreeDiskBytes=0",
            "--set", "Webhook:EventLog:MaxWaitingBytes=65536", "--set", "Webhook:EventLog:CommitBytes=4096",
        ]);
        await webhook.CreateAsync(IntegrationCalls.Settings("behind a frozen disk", receiver.Url));
        receiver.IsUp = false;
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
        await receiver.RefusesAsync(1);

        disk.Freeze();
        List<Task<IngestReply>> waiting = [webhook.PostAsync(oracle, 1)];
        (await webhook.HealthTurnsAsync("Unhealthy")).ShouldContain("stalled");
        using (var live = await webhook.Admin.GetAsync("/health/live")) ((int)live.StatusCode).ShouldBe(200);

        // One that waits fills what may wait; the next is told to come back.
        waiting.Add(webhook.PostAsync(oracle, 1, padding: 60_000));
        await Until.HoldsAsync(async () =>
        {
            var next = webhook.PostAsync(oracle, 1, padding: 10_000);
            if (await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(2))) != next)
            {
                waiting.Add(next);
                return false;
            }

            var reply = await next;
            reply.Status.ShouldBe(429, reply.Body);
            reply.RetryAfter.ShouldNotBeNull();
            return true;
        }, () => "no producer was told to come back later");

        receiver.IsUp = true;
        await receiver.WaitAsync(requests => requests.Where(Oracle.IsDelivery).Sum(static r => Oracle.IdsOf(r).Count()) >= 100);

        disk.Thaw();
        var replies = await Task.WhenAll(waiting);
        replies[0].Status.ShouldBe(202, replies[0].Body);
        replies.ShouldAllBe(static reply => reply.Status == 202 || reply.Status == 429);
        await webhook.HealthTurnsAsync("Healthy");
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    [Fact]
    public async Task A_stalled_reader_degrades_the_health_and_names_the_integration()
    {
        using var data = new TemporaryFolder();
        await using var disk = OwnDisk.Create(128);
        await using var receiver = await SwitchedReceiver.StartAsync();
        string[] settings =
        [
            .. QuickToNotice, "--set", $"Webhook:EventLog:Path={disk.Path}/log", "--set", "Webhook:EventLog:MemtableBytes=1048576", "--set", "Webhook:EventLog:MinFreeDiskBytes=0",
            "--set", "Webhook:EventLog:SharedTailBytes=0",
        ];
        var oracle = new Oracle();
        await using (var first = await WebhookProcess.ServeAsync(data.Path, settings))
        {
            await first.CreateAsync(IntegrationCalls.Settings("cold reader", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 50, ["maxConcurrency"] = 1 }));
            receiver.IsUp = false;
            for (var i = 0; i < 20; i++) (await first.SendAsync(oracle, 20, padding: 50_000)).ShouldBeTrue();
            (await first.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        await disk.RemountAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, settings);
        await receiver.RefusesAsync(1);
        disk.StallReads(webhook.Id);
        receiver.IsUp = true;
        var reasons = await webhook.HealthTurnsAsync("Degraded");
        reasons.ShouldContain("integration 1");
        reasons.ShouldContain("has delivered nothing for");
        (await webhook.MetricAsync("webhook_integration_oldest_undelivered_seconds")).ShouldBeGreaterThan(0);
        oracle.AllArrived(receiver.Requests).ShouldBeFalse("the reader must be stalled, or the test shows nothing");

        disk.ResumeReads();
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived, Until.Deadline));
        await webhook.HealthTurnsAsync("Healthy");
    }

    [Fact]
    public async Task A_stalled_sink_degrades_the_health_and_shows_in_the_metric_and_burns_nothing()
    {
        using var data = new TemporaryFolder();
        await using var receiver = RawReceiver.Start();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, QuickToNotice);
        await webhook.CreateAsync(IntegrationCalls.Settings("black hole", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 0, ["timeoutMs"] = 60_000 }));
        receiver.Behave(RawBehaviours.NeverAnswers);
        var oracle = new Oracle();
        for (var i = 0; i < 20; i++) (await webhook.SendAsync(oracle, 50)).ShouldBeTrue();

        var reasons = await webhook.HealthTurnsAsync("Degraded");
        reasons.ShouldContain("integration 1");
        (await webhook.MetricAsync("webhook_integration_oldest_undelivered_seconds")).ShouldBeGreaterThan(1);
        using (var ready = await webhook.Admin.GetAsync("/health/ready")) ((int)ready.StatusCode).ShouldBe(200, "it takes events, and one receiver's trouble is its own");

        // The compiler is still at work in the first seconds; what burns never stops.
        var used = TimeSpan.MaxValue;
        await Until.HoldsAsync(async () =>
        {
            var cpu = webhook.CpuTime();
            await Task.Delay(TimeSpan.FromSeconds(1));
            return (used = webhook.CpuTime() - cpu) < TimeSpan.FromSeconds(0.25);
        }, () => $"waiting for a receiver costs {used.TotalSeconds:F2} s of CPU a second");

        receiver.Behave(RawBehaviours.TakesAll);
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests");
        oracle.Judge(receiver.Taken).ShouldBe(0);
        await webhook.HealthTurnsAsync("Healthy");
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["requestsInFlight"]!.GetValue<int>() == 0);
    }

    /// <summary>The process as a whole hangs (SIGSTOP) and goes on: nothing is lost, and what was in flight counts once.</summary>
    [Fact]
    public async Task A_process_that_was_suspended_goes_on_where_it_was()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("suspended", receiver.Url));
        var oracle = new Oracle();
        using var stop = new CancellationTokenSource();
        var producer = webhook.ProduceAsync(oracle, 20, stop.Token);
        await Until.HoldsAsync(() => oracle.Acknowledged > 500, () => $"{oracle.Acknowledged}");
        webhook.Suspend();
        await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
        var before = oracle.Acknowledged;
        webhook.Resume();
        await Until.HoldsAsync(() => oracle.Acknowledged > before + 100, () => $"{oracle.Acknowledged - before} events after it went on");
        await stop.CancelAsync();
        await producer;
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
        await webhook.HealthTurnsAsync("Healthy");
    }
}
