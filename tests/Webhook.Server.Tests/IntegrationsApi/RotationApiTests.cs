using System.Text.Json.Nodes;

namespace Webhook.Server.Tests.IntegrationsApi;

public sealed class RotationApiTests : OnApiServer
{
    private const string Rotate = "/integrations/1/secrets/rotate";
    private const string Secret = "correct-horse-battery-staple";

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task The_new_secret_is_first_and_the_old_one_signs_on(string version)
    {
        await CreateAsync("SIGNATURE");

        var rotated = await _server.SendAsync("POST", $"/secure/events-forwarder/{version}{Rotate}", $$"""{"secret":"{{Secret}}","overlapMs":60000}""");

        rotated.Status.ShouldBe(200, rotated.Body);
        rotated.Body.ShouldNotContain(Secret);
        JsonNode.Parse(rotated.Body)!["secrets"]!.AsArray().Select(s => ((bool)s!["isCurrent"]!, s["expiresAt"] is not null)).ShouldBe([(true, false), (false, true)]);
        var lane = _server.Lanes.Running!.Settings.Secrets;
        lane.Select(s => s.ExpiresAt is null).ShouldBe([true, false]);
        JsonNode.Parse((await _server.GetAsync("/integrations/1/status")).Body)!["secrets"]!.ToJsonString().ShouldBe(JsonNode.Parse(rotated.Body)!["secrets"]!.ToJsonString());
        (await _server.GetAsync("/integrations/1")).Body.ShouldNotContain("secret");

        await _server.SendAsync("PUT", "/integrations/1", Body("SIGNATURE", "another"));
        JsonNode.Parse((await _server.GetAsync("/integrations/1/status")).Body)!["secrets"]!.AsArray().Count.ShouldBe(1, "a PUT with a secret replaces all");
    }

    [Fact]
    public async Task A_made_secret_is_shown_once()
    {
        await CreateAsync("SIGNATURE");

        var made = (string)JsonNode.Parse((await _server.SendAsync("POST", Rotate, """{"generate":true}""")).Body)!["secret"]!;

        made.ShouldStartWith("whsec_");
        foreach (var shown in (string[])[(await _server.GetAsync("/integrations/1")).Body, (await _server.GetAsync("/integrations/1/status")).Body, (await _server.GetAsync("/v1/audit")).Body, _server.Log])
            shown.ShouldNotContain(made);
    }

    [Fact]
    public async Task A_secret_that_the_receiver_does_not_take_changes_nothing()
    {
        await CreateAsync("BEARER_TOKEN");
        var before = _server.Lanes.Running!;
        _server.Lanes.Report = LaneScript.Failure;

        var refused = await _server.SendAsync("POST", Rotate, $$"""{"secret":"{{Secret}}"}""");

        (refused.Status, (string)JsonNode.Parse(refused.Body)!["type"]!).ShouldBe((409, "test_failed"));
        JsonNode.Parse(refused.Body)!["details"]!.AsArray().Count.ShouldBe(2);
        _server.Lanes.Running.ShouldBe(before);
        _server.Lanes.Report = LaneScript.Success;
        (await _server.SendAsync("POST", Rotate, $$"""{"secret":"{{Secret}}"}""")).Status.ShouldBe(200);
        _server.Lanes.Running!.Settings.Secrets.ShouldHaveSingleItem().ShouldNotBe(before.Settings.Secrets[0]);
    }

    [Fact]
    public async Task What_cannot_be_rotated_is_400_and_what_is_not_there_404()
    {
        (await _server.SendAsync("POST", Rotate, """{"generate":true}""")).Status.ShouldBe(404);
        await CreateAsync("BEARER_TOKEN");

        var refused = await _server.SendAsync("POST", Rotate, $$"""{"secret":"{{Secret}} x","overlapMs":5,"more":1}""");

        refused.Status.ShouldBe(400);
        refused.Body.ShouldStartWith("""{"type":"invalid_rotation","message":"The secret cannot be rotated like this; see details.","details":["more: unknown member""");
        refused.Body.ShouldNotContain(Secret);
        JsonNode.Parse(refused.Body)!["details"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_rotation_is_in_the_audit_log_without_the_secret()
    {
        await CreateAsync("SIGNATURE");
        await _server.SendAsync("POST", Rotate, $$"""{"secret":"{{Secret}}"}""");

        var record = JsonNode.Parse((await _server.GetAsync("/v1/audit?action=integration.rotate")).Body)!["data"]![0]!;

        record["changes"]!.ToJsonString().ShouldBe("""[{"field":"connectionInfo.secret","secret":"changed"}]""");
        record["object"]!.ToJsonString().ShouldBe("""{"kind":"integration","id":"1","name":"n"}""");
        File.ReadAllText(Path.Combine(_folder.Path, "audit.jsonl")).ShouldNotContain(Secret);
    }

    private static string Body(string auth, string secret) =>
        $$$"""{"type":"WEBHOOK","name":"n","isEnabled":true,"connectionInfo":{"endpoint":"https://r/hook","auth":"{{{auth}}}","secret":"{{{secret}}}"}}""";

    private async Task CreateAsync(string auth) => (await _server.SendAsync("POST", "/integrations", Body(auth, "first"))).Status.ShouldBe(201);
}
