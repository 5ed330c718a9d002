using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Rotation as the receiver sees it, judged by the published library of Standard Webhooks in another language.</summary>
public sealed class SecretRotationTests
{
    private const int MaxBatches = 10;

    private static readonly Dictionary<string, string> Known = new()
    {
        ["first"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ["second"] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        ["third"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        ["fourth"] = "whsec_" + Convert.ToBase64String([.. Enumerable.Range(0, 64).Select(i => (byte)i)]),
    };

    [Fact]
    public async Task A_receiver_verifies_with_the_old_and_the_new_secret_until_the_overlap_ends()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await VerifyingReceiver.StartAsync();
        foreach (var (name, secret) in Known) await receiver.KnowAsync(name, secret);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("rotates", receiver.Url, connectionInfo: new JsonObject { ["auth"] = "SIGNATURE", ["secret"] = Known["first"] }));
        var oracle = new Oracle();
        await ExpectAsync(webhook, receiver, oracle, 1, "first");

        // 24 hours are the default overlap.
        await RotateAsync(webhook, id, new JsonObject { ["secret"] = Known["second"] });
        await ExpectAsync(webhook, receiver, oracle, 2, "first second");
        var made = await RotateAsync(webhook, id, new JsonObject { ["generate"] = true });
        await receiver.KnowAsync("made", (string)made["secret"]!);
        await ExpectAsync(webhook, receiver, oracle, 3, "first made second");

        // Ends all the others at once.
        await RotateAsync(webhook, id, new JsonObject { ["secret"] = Known["third"], ["overlapMs"] = 0 });
        await ExpectAsync(webhook, receiver, oracle, 1, "third");

        await RotateAsync(webhook, id, new JsonObject { ["secret"] = Known["fourth"], ["overlapMs"] = 2000 });
        await webhook.EventuallyAsync($"{IntegrationCalls.Path}/{id}/status", status => status["secrets"]!.AsArray().Count == 1);
        await ExpectAsync(webhook, receiver, oracle, 1, "fourth");
        receiver.Requests.ShouldAllBe(request => request.Verdicts.Values.Contains(true), "the receiver never had to refuse a batch");
        await receiver.WaitForAsync(got => got.Sum(r => r.Events) >= oracle.Acknowledged);
    }

    private static Task<JsonNode> RotateAsync(WebhookProcess webhook, long id, JsonObject body) =>
        webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/secrets/rotate", body);

    /// <summary>Sends events until the library says of a batch what is expected: one that was being filled as the settings changed may still have the old signatures.</summary>
    private static async Task ExpectAsync(WebhookProcess webhook, VerifyingReceiver receiver, Oracle oracle, int signatures, string valid)
    {
        List<string> seen = [];
        for (var i = 0; i < MaxBatches; i++)
        {
            var before = receiver.Requests.Count;
            (await webhook.SendAsync(oracle, 5)).ShouldBeTrue();
            var requests = await receiver.WaitForAsync(got => got.Skip(before).Sum(r => r.Events) >= 5);
            var last = requests[^1];
            seen.Add($"{last.Signatures}: {string.Join(' ', last.Verdicts.Where(v => v.Value).Select(v => v.Key).Order())}");
            if (seen[^1] == $"{signatures}: {valid}") return;
        }

        Assert.Fail($"No batch had {signatures} signatures and verified with {valid} only; they had:\n{string.Join('\n', seen)}");
    }
}
