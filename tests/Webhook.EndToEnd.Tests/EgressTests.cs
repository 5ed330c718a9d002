using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Where the real program delivers to, and what it says when it may not.</summary>
public sealed class EgressTests
{
    private const string Forbidden = "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122), which deliveries may not reach; allow it with Webhook:Egress:AllowedAddresses";

    [Fact]
    public async Task Loopback_is_forbidden_unless_it_is_allowed_to_tests_and_to_deliveries()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        long id;
        await using (var allowing = await WebhookProcess.ServeAsync(data.Path))
        {
            id = await allowing.CreateAsync(IntegrationCalls.Settings("made while allowed", receiver.Url));
            await allowing.TerminateAsync(TimeSpan.FromSeconds(60));
        }

        var before = receiver.Requests.Count;
        await using var strict = await WebhookProcess.ServeAsync(data.Path, allowed: null);
        using var content = JsonContent.Create(IntegrationCalls.Settings("made while forbidden", receiver.Url));
        using var response = await strict.Admin.PostAsync(IntegrationCalls.Path, content);
        var refusal = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(409, refusal);
        refusal.ShouldContain("address");
        refusal.ShouldContain(Forbidden);

        await strict.SendAsync(new Oracle(), 3);
        await strict.EventuallyAsync($"{IntegrationCalls.Path}/{id}/errors", errors => errors["data"]!.AsArray().Any(e => e!["error"]!.GetValue<string>() == Forbidden));
        receiver.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Region_and_addresses_are_told()
    {
        using var data = new TemporaryFolder();
        await using var webhook = await WebhookProcess.ServeAsync(
            data.Path, ["--set", "Webhook:Egress:Region=eu-1", "--set", "Webhook:Egress:Addresses:0=192.0.2.10"]);

        var egress = await webhook.CallAsync(HttpMethod.Get, "/v1/egress");

        JsonNode.DeepEquals(egress, JsonNode.Parse("""{"region":"eu-1","addresses":["192.0.2.10"]}""")).ShouldBeTrue(egress.ToJsonString());
    }
}
