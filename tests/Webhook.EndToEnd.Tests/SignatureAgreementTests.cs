using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Who signs (<c>send --to</c>, <c>serve</c>) and who verifies (<c>receive</c>, npm's <c>standardwebhooks</c>) agree, on right secrets and on wrong ones.</summary>
public sealed class SignatureAgreementTests
{
    private const string Right = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Wrong = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const int Failed = 1;

    [Theory]
    [InlineData("standard-webhooks", "zstd")]
    [InlineData("github", "gzip")]
    public async Task Receive_takes_what_send_signs_with_its_secret_and_nothing_else(string style, string compression)
    {
        await using var receiver = await WebhookProcess.ReceiveAsync(Right);
        string[] how = ["--signature-style", style, "--compress", compression];

        await SendAsync(receiver.Address, Right, how, accepted: true);
        await SendAsync(receiver.Address, Wrong, how, accepted: false);

        var receipts = await ReceiptsAsync(receiver, 2);
        receipts[0].ShouldBe($"taken 200 {SampleEvents.All.Count}: " + (style == "github" ? "signature True" : "signature True, timestamp True"));
        receipts[1].ShouldStartWith($"refused 401 {SampleEvents.All.Count}: signature False");
    }

    [Fact]
    public async Task The_published_library_takes_what_send_signs_with_its_secret_and_nothing_else()
    {
        await using var receiver = await VerifyingReceiver.StartAsync();
        await receiver.KnowAsync("right", Right);

        await SendAsync(receiver.Url, Right, [], accepted: true);
        await SendAsync(receiver.Url, Wrong, [], accepted: false);

        receiver.Requests.Select(request => (request.Events, request.Verdicts["right"])).ShouldBe([(SampleEvents.All.Count, true), (SampleEvents.All.Count, false)]);
    }

    [Fact]
    public async Task Receive_takes_what_the_gateway_signs_with_its_secret_and_nothing_else()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await WebhookProcess.ReceiveAsync(Right);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        await webhook.CreateAsync(Settings("right", receiver, Right));
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 5)).ShouldBeTrue();

        // The first one is the test's, which enabled it.
        var receipts = await ReceiptsAsync(receiver, 2);
        receipts[1].ShouldBe("taken 200 5: signature True, timestamp True");

        var wrong = await webhook.CreateAsync(Settings("wrong", receiver, Wrong, enabled: false));
        var test = await webhook.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{wrong}/test");
        test.ToJsonString().ShouldContain("401");
        (await ReceiptsAsync(receiver, 3))[2].ShouldStartWith("refused 401 1: signature False");
    }

    private static JsonObject Settings(string name, WebhookProcess receiver, string secret, bool enabled = true) =>
        IntegrationCalls.Settings(name, receiver.Address, enabled, connectionInfo: new JsonObject { ["auth"] = "SIGNATURE", ["secret"] = secret });

    private static async Task SendAsync(Uri receiver, string secret, string[] how, bool accepted)
    {
        var (exitCode, output, error) = await WebhookProcess.RunAsync(
            ["send", "--to", receiver.ToString(), "--json", .. how], new Dictionary<string, string> { ["WEBHOOK_SEND_SECRET"] = secret }, string.Join('\n', SampleEvents.All));
        exitCode.ShouldBe(accepted ? 0 : Failed, output + error);
        JsonNode.Parse(output)!["accepted"]!.GetValue<int>().ShouldBe(accepted ? SampleEvents.All.Count : 0);
        (output + error).ShouldNotContain(secret);
    }

    /// <summary>Of so many requests, for each: outcome, status and events, then each check and whether it passed.</summary>
    private static async Task<IReadOnlyList<string>> ReceiptsAsync(WebhookProcess receiver, int requests)
    {
        await Until.HoldsAsync(() => receiver.Output.Count >= requests, () => string.Join('\n', receiver.Output.Concat(receiver.Log)));
        return [.. receiver.Output.Select(line => JsonNode.Parse(line)!).Select(receipt =>
            $"{receipt["outcome"]} {receipt["status"]} {receipt["count"]}: {string.Join(", ", receipt["verdicts"]!.AsArray().Select(verdict => $"{verdict!["check"]} {(bool)verdict["passed"]!}"))}")];
    }
}
