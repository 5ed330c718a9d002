using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 8: no event waits for the next one.</summary>
public sealed class WakeUpTests
{
    private const int Singles = 200;

    /// <summary>Longer than every timer of an idle lane: the batch's, that of empty batches, the cursor's.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Every_single_event_arrives_by_itself_also_the_one_after_a_long_pause(int maxBatchDelayMs)
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("single", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = maxBatchDelayMs }));
        var oracle = new Oracle();
        for (var sent = 1; sent <= Singles / (maxBatchDelayMs == 0 ? 1 : 4); sent++)
        {
            (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
            await receiver.WaitAsync(requests => requests.Count(Oracle.IsDelivery) == sent);
        }

        await Task.Delay(Idle);
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_among_many_of_other_channels_arrives_by_itself()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("one of many", receiver.Url));
        var others = new Oracle();
        var oracle = new Oracle();
        for (var i = 0; i < 20; i++)
        {
            (await webhook.SendAsync(others, 50, channel: "ACTIVITY_AUDIT")).ShouldBeTrue();
            (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
            (await webhook.SendAsync(others, 50, channel: "ACTIVITY_AUDIT")).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
        }

        oracle.Judge(receiver.Requests).ShouldBe(0);
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString());
    }
}
