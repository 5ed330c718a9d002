using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 19: what is wrong with some receivers is not felt by the others. Beside one healthy integration stand many whose receivers hang, drip, reset, refuse or are gone.</summary>
public sealed class IsolationTests
{
    private const int Rounds = 8;

    private static readonly RawBehaviour[] Trouble =
    [
        RawBehaviours.NeverReads, RawBehaviours.ReadsOnlyTheHead, RawBehaviours.NeverAnswers, RawBehaviours.AnswersOneByteASecond, RawBehaviours.ClosesAtOnce, RawBehaviours.ResetsAtOnce,
        RawBehaviours.ResetsInTheBody, RawBehaviours.AnswersEndlessHeaders, RawBehaviours.AnswersEndlessEarlyHints, RawBehaviours.AnswersGarbage, RawBehaviours.RefusesBeforeTheBodyIsRead,
    ];

    [Fact]
    public async Task A_healthy_integration_keeps_delivering_beside_many_that_are_in_trouble_and_these_catch_up()
    {
        using var data = new TemporaryFolder();
        await using var healthy = await Receiver.StartAsync();
        var troubled = Trouble.Concat(Trouble).Select(behaviour => (Receiver: RawReceiver.Start(), Behaviour: behaviour)).ToList();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(IntegrationCalls.Settings("healthy", healthy.Url));
        var number = 0;
        foreach (var (receiver, _) in troubled)
        {
            await webhook.CreateAsync(IntegrationCalls.Settings(
                $"troubled {++number}", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 50, ["maxBatchEvents"] = 100, ["maxConcurrency"] = 4, ["timeoutMs"] = 2000 }));
        }

        foreach (var (receiver, behaviour) in troubled) receiver.Behave(behaviour);
        var oracle = new Oracle();
        for (var round = 0; round < Rounds; round++)
        {
            // The next round is not sent before this one is there: it is the others' trouble that must not hold it back.
            (await webhook.SendAsync(oracle, 50, padding: 500)).ShouldBeTrue();
            await healthy.WaitAsync(oracle.AllArrived);
        }

        oracle.Judge(healthy.Requests).ShouldBe(0);
        foreach (var (receiver, _) in troubled) await receiver.WaitForConnectionsAsync(1);
        foreach (var (receiver, _) in troubled) receiver.Behave(RawBehaviours.TakesAll);
        (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
        foreach (var (receiver, _) in troubled)
        {
            await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests at {receiver.Url}");
            oracle.Judge(receiver.Taken);
            receiver.Violations.ShouldBeEmpty();
            await receiver.DisposeAsync();
        }
    }
}
