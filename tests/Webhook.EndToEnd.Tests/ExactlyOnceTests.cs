using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The receiver that the documentation describes: with the sequence headers it has every event once, whatever is repeated.</summary>
public sealed class ExactlyOnceTests
{
    [Fact]
    public async Task A_receiver_that_uses_the_sequence_headers_sees_no_event_twice_when_its_answers_are_lost()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await ExactlyOnceReceiver.StartAsync(static (request, context) =>
        {
            // It has taken the batch, and the sender does not learn it.
            if (request.Number % 3 == 0) context.Abort();
            return Task.CompletedTask;
        });
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("once", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 20, ["maxBatchEvents"] = 50 }));
        var oracle = new Oracle();
        for (var i = 0; i < 10; i++) (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
        await receiver.WaitAsync(oracle.AllArrived);
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/1/status", static status => status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString());
        oracle.Judge(receiver.Taken).ShouldBe(0);
        receiver.Dropped.ShouldBeGreaterThan(0, "something must have been repeated, or the test shows nothing");
        receiver.Overlapping.ShouldBe(0);
    }
}
