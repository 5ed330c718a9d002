using System.Text.Json.Nodes;
using Webhook.Server.Tests.IntegrationsApi;

namespace Webhook.Server.Tests.AccessApi;

public sealed class AuditApiTests : OnApiServer
{
    private const string Secret = "correct-horse-battery-staple";

    private string AuditFile => Path.Combine(_folder.Path, "audit.jsonl");

    [Fact]
    public async Task Every_change_is_recorded_with_who_what_and_outcome()
    {
        await _server.SendAsync("POST", "/integrations", Body("edge"));
        await _server.SendAsync("PUT", "/integrations/1", Body("core", endpoint: "https://s/"));
        await _server.SendAsync("POST", "/integrations/1/test");
        await _server.SendAsync("POST", "/integrations/1/enable");
        await _server.SendAsync("POST", "/integrations/1/disable");
        _server.Lanes.Report = LaneScript.Failure;
        await _server.SendAsync("POST", "/integrations/1/test");
        await _server.SendAsync("DELETE", "/integrations/1");
        await _server.SendAsync("DELETE", "/integrations/1");
        await _server.SendAsync("POST", "/integrations", "no JSON");
        await _server.SendAsync("POST", "/v1/keys", """{"name":"sensor","role":"ingest"}""");
        await _server.SendAsync("DELETE", "/v1/keys/sensor");
        await _server.GetAsync("/integrations");
        await _server.SendAsync("DELETE", "/integrations/1", token: ApiServer.IngestKey);

        (await RecordsAsync()).Select(Line).Reverse().ShouldBe(
        [
            "integration.create integration 1 edge 201",
            "integration.update integration 1 core 200",
            "integration.test integration 1  200",
            "integration.enable integration 1 core 200",
            "integration.disable integration 1 core 200",
            "integration.test integration 1  200 test_failed",
            "integration.delete integration 1 core 204",
            "integration.delete integration 1  404 not_found",
            "integration.create integration   400 invalid_integration",
            "key.create key  sensor 201",
            "key.delete key  sensor 204",
        ]);
        (await RecordsAsync()).ShouldAllBe(r => (string)r["who"]!["key"]! == "admin" && (string)r["who"]!["role"]! == "Admin" && (string)r["who"]!["address"]! == "127.0.0.1");
    }

    [Fact]
    public async Task An_update_says_which_settings_changed_and_nothing_of_secrets()
    {
        await _server.SendAsync("POST", "/integrations", Body("edge", $",\"auth\":\"BEARER_TOKEN\",\"secret\":\"{Secret}-1\",\"headers\":[{{\"key\":\"X-Key\",\"value\":\"{Secret}-2\"}}]"));
        await _server.SendAsync(
            "PUT", "/integrations/1",
            Body("core", $",\"auth\":\"BEARER_TOKEN\",\"secret\":\"{Secret}-3\",\"headers\":[{{\"key\":\"X-Key\",\"value\":\"{Secret}-4\"}},{{\"key\":\"X-Team\",\"value\":\"{Secret}\"}}]", "https://s/", ",\"channels\":[\"ACTIVITY_AUDIT\"],\"delivery\":{\"maxConcurrency\":3,\"ordered\":true}"));
        await _server.SendAsync("PUT", "/integrations/1", $"{{\"{Secret}\":\"{Secret}\"}}");

        var update = (await RecordsAsync("?action=integration.update"))[^1];
        update["changes"]!.AsArray().Select(c => c!.ToJsonString()).ShouldBe(
            [
                """{"field":"name","old":"edge","new":"core"}""",
                """{"field":"channels","old":[],"new":["ACTIVITY_AUDIT"]}""",
                """{"field":"connectionInfo.endpoint","old":"https://r/","new":"https://s/"}""",
                """{"field":"connectionInfo.headers[X-Key]","secret":"changed"}""",
                """{"field":"connectionInfo.headers[X-Team]","secret":"changed"}""",
                """{"field":"delivery.maxConcurrency","new":3}""",
                """{"field":"delivery.ordered","old":false,"new":true}""",
                """{"field":"connectionInfo.secret","secret":"changed"}""",
            ],
            ignoreOrder: true);
        (await File.ReadAllTextAsync(AuditFile)).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_token_in_place_of_a_name_is_not_kept()
    {
        var token = (string)JsonNode.Parse((await _server.SendAsync("POST", "/v1/keys", """{"name":"sensor","role":"ingest"}""")).Body)!["token"]!;

        (await _server.SendAsync("DELETE", $"/v1/keys/{token}")).Status.ShouldBe(404);

        (await File.ReadAllTextAsync(AuditFile)).ShouldNotContain(token);
    }

    [Fact]
    public async Task Without_the_audit_log_nothing_is_changed_and_everything_can_be_read()
    {
        if (!OperatingSystem.IsLinux()) return;
        await _server.SendAsync("POST", "/integrations", Body("edge"));
        var before = (await _server.GetAsync("/integrations")).Body;
        File.Delete(AuditFile);
        File.CreateSymbolicLink(AuditFile, "/dev/full");

        foreach (var (method, path) in (IEnumerable<(string, string)>)[
            ("POST", "/integrations"), ("PUT", "/integrations/1"), ("DELETE", "/integrations/1"), ("POST", "/integrations/1/test"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/ingest")])
        {
            var refused = await _server.SendAsync(method, path, Body("other"));
            (refused.Status, (string)JsonNode.Parse(refused.Body)!["type"]!, refused.Headers["Retry-After"]).ShouldBe((503, "audit_unavailable", "30"));
        }

        (await _server.GetAsync("/integrations")).Body.ShouldBe(before);
        (await _server.GetAsync("/v1/keys")).Status.ShouldBe(200);
        _server.Log.ShouldContain("integration.delete is refused: the audit log cannot be written");
        File.Delete(AuditFile);
        (await _server.SendAsync("DELETE", "/integrations/1")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Pages_and_filters_by_query()
    {
        for (var i = 0; i < 5; i++) await _server.SendAsync("POST", "/integrations", Body($"i{i}"));

        var page = JsonNode.Parse((await _server.GetAsync("/v1/audit?limit=2")).Body)!;
        page["data"]!.AsArray().Select(r => (long)r!["id"]!).ShouldBe([5, 4]);
        ((long)page["next"]!).ShouldBe(4);
        (await RecordsAsync("?before=3")).Select(r => (long)r["id"]!).ShouldBe([2, 1]);
        (await RecordsAsync("?who=nobody")).ShouldBeEmpty();
        var wrong = await _server.GetAsync("/v1/audit?limit=0&before=x&who=&colour=red");
        wrong.Status.ShouldBe(400);
        JsonNode.Parse(wrong.Body)!["details"]!.AsArray().Select(d => (string)d!).ShouldBe(
        [
            "colour: unknown parameter; known are limit, before, action, who",
            "limit: must be given once, a whole number from 1 to 1000",
            "before: must be given once, a whole number from 1 to 9223372036854775807",
            "who: must be given once, and not be empty",
        ]);
    }

    private static string Line(JsonNode record) =>
        $"{record["action"]} {record["object"]!["kind"]} {record["object"]!["id"]} {record["object"]!["name"]} {record["outcome"]!["status"]} {record["outcome"]!["type"]}".TrimEnd();

    private static string Body(string name, string connection = "", string endpoint = "https://r/", string rest = "") =>
        $$$"""{"type":"WEBHOOK","name":"{{{name}}}","connectionInfo":{"endpoint":"{{{endpoint}}}"{{{connection}}}}{{{rest}}}}""";

    private async Task<List<JsonNode>> RecordsAsync(string query = "")
    {
        var answer = await _server.GetAsync("/v1/audit" + query);
        answer.Status.ShouldBe(200, answer.Body);
        return [.. JsonNode.Parse(answer.Body)!["data"]!.AsArray().Select(r => r!)];
    }
}
