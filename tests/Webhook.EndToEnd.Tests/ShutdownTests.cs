using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md rows 12 and 13: SIGTERM ends in bounded time, in order, and loses nothing.</summary>
public sealed class ShutdownTests
{
    /// <summary>Requests, lanes and shards each have their bound; together they stay below this.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_batch_that_is_still_filling_is_delivered_at_shutdown_or_after_the_next_start()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path))
        {
            await webhook.CreateAsync(IntegrationCalls.Settings("slow batch", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 300_000 }));
            (await webhook.SendAsync(oracle, 17)).ShouldBeTrue();
            var (exitCode, took) = await webhook.TerminateAsync(Bound);
            exitCode.ShouldBe(0, string.Join('\n', webhook.Log));
            took.ShouldBeLessThan(Bound);
        }

        oracle.AllArrived(receiver.Requests).ShouldBeTrue("the drain hands over the batch that is filling");
        await using var again = await WebhookProcess.ServeAsync(data.Path);
        oracle.Judge(receiver.Requests).ShouldBe(0);
    }

    [Fact]
    public async Task SIGTERM_while_the_receiver_is_down_ends_in_time_and_everything_arrives_after_the_next_start()
    {
        using var data = new TemporaryFolder();
        var up = true;
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            if (!Volatile.Read(ref up)) context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }, keepOnly2xx: true);
        var oracle = new Oracle();
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path))
        {
            var id = await webhook.CreateAsync(IntegrationCalls.Settings("down", receiver.Url));
            Volatile.Write(ref up, false);
            (await webhook.SendAsync(oracle, 1000)).ShouldBeTrue();
            await webhook.EventuallyAsync($"{IntegrationCalls.Path}/{id}/errors", errors => errors["count"]!.GetValue<int>() > 0);
            var (exitCode, took) = await webhook.TerminateAsync(Bound);
            exitCode.ShouldBe(0, string.Join('\n', webhook.Log));
            took.ShouldBeLessThan(Bound);
        }

        Volatile.Write(ref up, true);
        await using var again = await WebhookProcess.ServeAsync(data.Path);
        await receiver.WaitAsync(oracle.AllArrived);
        oracle.Judge(receiver.Requests).ShouldBe(0);
    }

    [Fact]
    public async Task SIGTERM_while_a_batch_fills_and_the_receiver_is_down_ends_in_time_and_keeps_the_batch()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        var oracle = new Oracle();
        long id;
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path))
        {
            id = await webhook.CreateAsync(IntegrationCalls.Settings("down and slow", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 300_000 }));
            receiver.IsUp = false;
            (await webhook.SendAsync(oracle, 17)).ShouldBeTrue();
            var (exitCode, took) = await webhook.TerminateAsync(Bound);
            exitCode.ShouldBe(0, string.Join('\n', webhook.Log));
            took.ShouldBeLessThan(Bound);
        }

        receiver.Refused.ShouldBe(1, "the drain tries the batch once");
        receiver.IsUp = true;
        await using var again = await WebhookProcess.ServeAsync(data.Path);
        (await again.SendAsync(oracle, 1)).ShouldBeTrue();
        await again.CallAsync(HttpMethod.Put, $"{IntegrationCalls.Path}/{id}", IntegrationCalls.Settings("down and slow", receiver.Url, enabled: null));
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    [Fact]
    public async Task SIGTERM_while_the_receiver_hangs_ends_in_time()
    {
        using var data = new TemporaryFolder();
        var hang = false;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            if (!Volatile.Read(ref hang)) return;
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }, keepOnly2xx: true);
        var oracle = new Oracle();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("hangs", receiver.Url));
        Volatile.Write(ref hang, true);
        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var (exitCode, took) = await webhook.TerminateAsync(Bound);
        exitCode.ShouldBe(0, string.Join('\n', webhook.Log));
        took.ShouldBeLessThan(Bound);
    }
}
