using System.Globalization;
using System.Text.Json.Nodes;
using Webhook.Server.Tests.IntegrationsApi;

namespace Webhook.Server.Tests.AccessApi;

public sealed class KeysApiTests : OnApiServer
{
    [Fact]
    public async Task A_key_is_made_used_listed_and_taken_away_at_once()
    {
        var made = await _server.SendAsync("POST", "/v1/keys", """{"name":"grafana","role":"viewer"}""");
        made.Status.ShouldBe(201, made.Body);
        made.Headers["X-RateLimit-Limit"].ShouldBe("600");
        var token = (string)JsonNode.Parse(made.Body)!["token"]!;
        token.ShouldStartWith("wh_viewer_");

        (await _server.SendAsync("GET", "/integrations", token: token)).Status.ShouldBe(200);
        (await _server.SendAsync("GET", "/v1/keys", token: token)).Status.ShouldBe(403);
        var list = (await _server.GetAsync("/v1/keys")).Body;
        var keys = JsonNode.Parse(list)!["data"]!.AsArray();
        keys.Select(k => ((string)k!["name"]!, (string)k["role"]!, k["lastUsedAt"] is not null)).ShouldBe(
            [("admin", "admin", true), ("grafana", "viewer", true), ("ingest", "ingest", false), ("viewer", "viewer", false)]);
        keys.SelectMany(k => k!.AsObject().Select(m => m.Key)).Distinct().Order().ShouldBe(["createdAt", "lastUsedAt", "name", "role"]);
        File.ReadAllText(Path.Combine(_folder.Path, "access-keys.json")).ShouldNotContain(token);

        (await _server.SendAsync("DELETE", "/v1/keys/grafana")).Status.ShouldBe(204);
        (await _server.SendAsync("GET", "/integrations", token: token)).Status.ShouldBe(401);
        _server.Log.ShouldNotContain(token);
    }

    [Fact]
    public async Task A_key_outlives_a_restart()
    {
        var token = (string)JsonNode.Parse((await _server.SendAsync("POST", "/v1/keys", """{"name":"second","role":"admin"}""")).Body)!["token"]!;
        await _server.DisposeAsync();
        _server = await ApiServer.StartAsync(_folder);

        (await _server.SendAsync("GET", "/v1/keys", token: token)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{}""", "name: is missing; 1 to 64 characters, unique|role: is missing; one of admin, viewer, ingest")]
    [InlineData("""{"name":"a b","role":"Admin","token":"x"}""", "token: unknown member; known here: name, role|name: may hold letters a to z in both cases, digits, '.', '_' and '-', and begins with a letter or digit|role: 'Admin' is not known; one of admin, viewer, ingest")]
    [InlineData("""{"name":7,"role":[]}""", "name: must be a string, not a number|role: must be a string, not a list")]
    [InlineData("""[]""", "the body must be a JSON object, not a list")]
    [InlineData("", "the body is not JSON: line 1, byte 1")]
    public async Task Everything_wrong_with_a_new_key_is_said_at_once(string body, string errors)
    {
        var answer = await _server.SendAsync("POST", "/v1/keys", body);

        answer.Status.ShouldBe(400);
        JsonNode.Parse(answer.Body)!["details"]!.AsArray().Select(d => (string)d!).ShouldBe(errors.Split('|'));
    }

    [Fact]
    public async Task What_would_leave_the_keys_in_disorder_is_refused()
    {
        await ExpectAsync(409, "name_taken", "POST", "/v1/keys", """{"name":"ingest","role":"viewer"}""");
        await ExpectAsync(409, "key_of_environment", "DELETE", "/v1/keys/admin");
        await ExpectAsync(404, "not_found", "DELETE", "/v1/keys/nobody");
        (await _server.SendAsync("GET", "/v1/nothing")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Wrong_tokens_beyond_the_limit_are_told_to_wait_and_right_ones_are_served()
    {
        for (var i = 0; i < 20; i++) (await _server.SendAsync("GET", "/types", token: $"wrong-{i}")).Status.ShouldBe(401);

        var refused = await _server.SendAsync("GET", "/types", token: "wrong");
        refused.Status.ShouldBe(429);
        int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        refused.Headers["X-RateLimit-Limit"].ShouldBe("600");
        refused.Body.ShouldStartWith("""{"type":"too_many_wrong_tokens",""");
        (await _server.SendAsync("GET", "/types", token: ApiServer.AdminToken)).Status.ShouldBe(200);
        (await _server.SendAsync("GET", "/types", token: null)).Status.ShouldBe(401, "who presents no token guesses none");
        (await _server.SendAsync("GET", "/types", token: ApiServer.IngestKey)).Status.ShouldBe(403);
    }

    private async Task ExpectAsync(int status, string type, string method, string path, string? body = null)
    {
        var answer = await _server.SendAsync(method, path, body);
        (answer.Status, (string)JsonNode.Parse(answer.Body)!["type"]!).ShouldBe((status, type));
    }
}
