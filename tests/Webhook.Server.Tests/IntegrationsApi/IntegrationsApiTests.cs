using System.Text.Json.Nodes;
using Akka.Actor;
using Webhook.Actors.Integrations;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>The integration routes to the letter, over real sockets, with a real journal.</summary>
public sealed class IntegrationsApiTests : OnApiServer
{
    private const string Secret = "correct-horse-battery-staple";

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Types_and_channels_have_the_originals_shapes(string version)
    {
        await ExpectAsync(200, """{"data":["WEBHOOK"]}""", "GET", $"/secure/events-forwarder/{version}/types");
        await ExpectAsync(
            200,
            """{"data":["SECURE_EVENTS_POLICIES","ACTIVITY_AUDIT","PLATFORM_AUDIT","MONITOR_EVENTS","POLICY_EVENTS","SECURE_EVENTS_AUDIT_TRAIL","SECURE_EVENTS_BENCHMARK","SECURE_EVENTS_COMPLIANCE","SECURE_EVENTS_HOSTSCANNING","SECURE_EVENTS_SCANNING","AUDIT_TAP"]}""",
            "GET", $"/secure/events-forwarder/{version}/channels?type=WEBHOOK");
        await ExpectAsync(
            400, """{"type":"unknown_type","message":"The type 'SYSLOG' is not known; use ?type=WEBHOOK.","details":[]}""",
            "GET", $"/secure/events-forwarder/{version}/channels?type=SYSLOG");
        await ExpectAsync(
            400, """{"type":"unknown_type","message":"The query has no type; use ?type=WEBHOOK.","details":[]}""",
            "GET", $"/secure/events-forwarder/{version}/channels");
    }

    [Fact]
    public async Task Egress_tells_region_and_addresses_to_viewers_and_admins_only()
    {
        await ExpectAsync(200, """{"region":"eu-1","addresses":["192.0.2.10","2001:db8:1::/64"]}""", "GET", "/v1/egress");

        (await _server.SendAsync("GET", "/v1/egress", token: ApiServer.ViewerToken)).Status.ShouldBe(200);
        (await _server.SendAsync("GET", "/v1/egress", token: ApiServer.IngestKey)).Status.ShouldBe(403);
        (await _server.SendAsync("GET", "/v1/egress", token: null)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task An_integration_is_created_shown_listed_changed_and_deleted()
    {
        await ExpectAsync(200, """{"data":[]}""", "GET", "/integrations");
        var created = """{"id":1,"type":"WEBHOOK","name":"edge","isEnabled":false,"channels":["ACTIVITY_AUDIT"],"connectionInfo":{"endpoint":"https://r/hook","auth":"BEARER_TOKEN","headers":[{"key":"X-Team","value":"blue"}],"isInsecure":false,"output":"json","timestampFormat":"nanoseconds"},"delivery":{"maxBatchEvents":1000,"maxBatchBytes":1000000,"maxBatchDelayMs":1000,"timeoutMs":15000,"ordered":false,"compression":"none","signatureStyle":"standard-webhooks"}}""";

        var answer = await ExpectAsync(
            201, created, "POST", "/integrations",
            """{"type":"WEBHOOK","name":" edge ","channels":["ACTIVITY_AUDIT"],"connectionInfo":{"endpoint":"https://r/hook","auth":"BEARER_TOKEN","secret":"s","headers":[{"key":"X-Team","value":"blue"}]}}""");
        answer.Headers["Location"].ShouldBe("/secure/events-forwarder/v2/integrations/1");
        await ExpectAsync(200, created, "GET", "/integrations/1");
        await ExpectAsync(200, $$"""{"data":[{{created}}]}""", "GET", "/secure/events-forwarder/v1/integrations");

        await ExpectAsync(
            200,
            """{"id":1,"type":"WEBHOOK","name":"core","isEnabled":false,"channels":[],"connectionInfo":{"endpoint":"http://r:81/","auth":"SIGNATURE","headers":[],"isInsecure":true,"output":"ndjson","timestampFormat":"seconds"},"delivery":{"maxBatchEvents":1,"maxBatchBytes":1000,"maxBatchDelayMs":0,"timeoutMs":1000,"maxConcurrency":2,"ordered":true,"maxRequestsPerSecond":0.5,"compression":"gzip","signatureStyle":"github"}}""",
            "PUT", "/integrations/1",
            """{"type":"WEBHOOK","name":"core","connectionInfo":{"endpoint":"http://r:81/","auth":"SIGNATURE","isInsecure":true,"output":"ndjson","timestampFormat":"seconds"},"delivery":{"maxBatchEvents":1,"maxBatchBytes":1000,"maxBatchDelayMs":0,"timeoutMs":1000,"maxConcurrency":2,"ordered":true,"maxRequestsPerSecond":0.5,"compression":"gzip","signatureStyle":"github"}}""");

        await ExpectAsync(204, "", "DELETE", "/integrations/1");
        foreach (var (method, path) in (IEnumerable<(string, string)>)[("GET", ""), ("DELETE", ""), ("GET", "/status"), ("GET", "/errors"), ("POST", "/test"), ("POST", "/enable"), ("POST", "/disable")])
            await ExpectAsync(404, """{"type":"not_found","message":"There is no integration with id 1.","details":[]}""", method, "/integrations/1" + path);
        await ExpectAsync(404, """{"type":"not_found","message":"There is no integration with id 1.","details":[]}""", "PUT", "/integrations/1", Body("x"));
        await ExpectAsync(200, """{"data":[]}""", "GET", "/integrations");
        (await _server.SendAsync("POST", "/integrations", Body("edge"))).Body.ShouldStartWith("""{"id":2,""");
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_once()
    {
        await ExpectAsync(
            400,
            """{"type":"invalid_integration","message":"The integration has 3 errors; see details.","details":["extra: unknown member; known here: type, name, isEnabled, channels, connectionInfo, delivery","name: is missing; 1 to 255 characters, unique","connectionInfo.endpoint: 'r' must be an absolute https:// or http:// URL"]}""",
            "POST", "/integrations", """{"type":"WEBHOOK","extra":1,"connectionInfo":{"endpoint":"r"}}""");
        await ExpectAsync(
            400, """{"type":"invalid_integration","message":"The integration has 1 error; see details.","details":["the body is not JSON: line 1, byte 2"]}""",
            "POST", "/integrations", "no JSON");
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        const string Taken = """{"type":"name_taken","message":"The name 'a' is taken by integration 1; choose another.","details":[]}""";

        await ExpectAsync(409, Taken, "POST", "/integrations", Body("a"));
        await ExpectAsync(409, Taken, "PUT", "/integrations/2", Body("a"));
    }

    [Fact]
    public async Task Enabling_needs_a_successful_test_of_exactly_these_settings()
    {
        await CreateAsync("a");
        const string NotTested = """{"type":"not_tested","message":"Enabling needs a successful test of exactly these settings; call POST …/test first.","details":[]}""";
        await ExpectAsync(409, NotTested, "POST", "/integrations/1/enable");

        _server.Lanes.Report = LaneScript.Failure;
        await ExpectAsync(
            200,
            """{"succeeded":false,"stages":[{"name":"connect","succeeded":true,"milliseconds":1.5},{"name":"status","succeeded":false,"milliseconds":20,"detail":"500 Internal Server Error"}],"statusCode":500,"error":"the receiver answered 500"}""",
            "POST", "/integrations/1/test");
        await ExpectAsync(409, NotTested, "POST", "/integrations/1/enable");

        _server.Lanes.Report = LaneScript.Success;
        await ExpectAsync(
            200,
            """{"succeeded":true,"stages":[{"name":"connect","succeeded":true,"milliseconds":1.5},{"name":"status","succeeded":true,"milliseconds":20}],"statusCode":204}""",
            "POST", "/integrations/1/test");
        await ExpectAsync(200, null, "POST", "/integrations/1/enable", isEnabled: true);
        _server.Lanes.Running!.Lane.ShouldBe(new LaneId(new IntegrationId(1), 0));

        await ExpectAsync(200, null, "POST", "/integrations/1/disable", isEnabled: false);
        await ExpectAsync(200, null, "POST", "/integrations/1/enable", isEnabled: true);
    }

    [Fact]
    public async Task Enabled_in_the_body_runs_the_test_and_a_failed_one_changes_nothing()
    {
        const string Failed = """{"type":"test_failed","message":"The test of these settings failed, so nothing was changed: the receiver answered 500","details":["connect succeeded after 1.5 ms","status failed after 20 ms: 500 Internal Server Error"]}""";
        _server.Lanes.Report = LaneScript.Failure;
        await ExpectAsync(409, Failed, "POST", "/integrations", Body("a", ",\"isEnabled\":true"));
        await ExpectAsync(200, """{"data":[]}""", "GET", "/integrations");

        _server.Lanes.Report = LaneScript.Success;
        await ExpectAsync(201, null, "POST", "/integrations", Body("a", ",\"isEnabled\":true"), isEnabled: true);
        var id = (await _server.GetAsync("/integrations")).Body;

        _server.Lanes.Report = LaneScript.Failure;
        await ExpectAsync(409, Failed, "PUT", "/integrations/2", Body("renamed", ",\"delivery\":{\"ordered\":true}"));
        await ExpectAsync(409, Failed, "PUT", "/integrations/2", Body("renamed", ",\"isEnabled\":true"));
        (await _server.GetAsync("/integrations")).Body.ShouldBe(id);
        _server.Lanes.Running!.Revision.ShouldBe(1);

        await ExpectAsync(200, null, "PUT", "/integrations/2", Body("renamed", ",\"channels\":[\"PLATFORM_AUDIT\"]"), isEnabled: true);
        _server.Lanes.Running!.Settings.Channels.ShouldBe(["PLATFORM_AUDIT"]);
    }

    [Fact]
    public async Task Status_and_errors_have_their_shapes()
    {
        await CreateAsync("a");
        await ExpectAsync(
            200,
            """{"state":"Not Connected","isEnabled":false,"isTested":false,"reason":"disabled, not tested with these settings","oldestUndelivered":"2026-03-01T12:00:00.5Z","cursor":{"partition":0,"sequence":65536},"head":{"partition":0,"sequence":131072},"isRunning":false,"requestsInFlight":2}""",
            "GET", "/integrations/1/status");
        await ExpectAsync(200, """{"count":0,"data":[]}""", "GET", "/integrations/1/errors");

        await _server.SendAsync("PUT", "/integrations/1", Body("a", ",\"isEnabled\":true"));
        _server.Integrations.Tell(new DeliveryReport(new IntegrationId(1), 1, AttemptOutcome.ServerError, 3, 503, "503 from the receiver", DateTimeOffset.UnixEpoch,
            new DeliveryHold(IsInhibition: true, DateTimeOffset.UnixEpoch.AddYears(200))));
        var status = JsonNode.Parse((await _server.GetAsync("/integrations/1/status")).Body)!;
        ((string)status["state"]!, (string)status["reason"]!, (bool)status["isRunning"]!).ShouldBe(("Error", "503 from the receiver", true));
        ((DateTime)status["pausedUntil"]!).ToUniversalTime().Year.ShouldBe(2170);
        var errors = JsonNode.Parse((await _server.GetAsync("/integrations/1/errors")).Body)!;
        ((int)errors["count"]!, (string)errors["data"]![0]!["error"]!).ShouldBe((1, "503 from the receiver"));
        ((string)errors["data"]![0]!["timestamp"]!).ShouldEndWith("Z");
    }

    [Fact]
    public async Task Callers_without_a_token_or_with_another_role_learn_nothing()
    {
        await CreateAsync("a");
        foreach (var (method, path) in (IEnumerable<(string, string)>)[
            ("GET", "/integrations"), ("GET", "/integrations/1"), ("GET", "/integrations/99"), ("PUT", "/integrations/1"), ("DELETE", "/integrations/1"),
            ("POST", "/integrations/1/test"), ("GET", "/types"), ("GET", "/nothing/here")])
        {
            var nobody = await _server.SendAsync(method, path, token: null);
            (nobody.Status, nobody.Headers["X-RateLimit-Limit"], nobody.ContentType).ShouldBe((401, "600", "application/json"));
            var producer = await _server.SendAsync(method, path, token: ApiServer.IngestKey);
            (producer.Status, producer.Headers["X-RateLimit-Limit"], producer.ContentType).ShouldBe((403, "600", "application/json"));
        }
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/integrations/one")]
    [InlineData("GET", "/integrations/99999999999999999999")]
    [InlineData("PATCH", "/integrations/1")]
    [InlineData("POST", "/integrations/1/dance")]
    public Task What_does_not_exist_is_404_in_JSON(string method, string path) => ExpectAsync(
        404, $$"""{"type":"not_found","message":"There is nothing at {{method}} /secure/events-forwarder/v2{{path}}.","details":[]}""", method, path);

    [Fact]
    public async Task Beyond_the_rate_limit_it_says_when_to_try_again()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ApiServer.StartAsync(folder, requestsPerMinute: 2);
        (await server.GetAsync("/types")).Headers["X-RateLimit-Limit"].ShouldBe("2");
        await server.GetAsync("/types");

        var refused = await server.GetAsync("/types");
        refused.Status.ShouldBe(429);
        int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        refused.Body.ShouldBe("""{"type":"rate_limited","message":"More than 2 requests in a minute with this token; Retry-After says in how many seconds to try again.","details":[]}""");
        (await server.SendAsync("GET", "/types", token: null)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_restart_brings_everything_back_and_keeps_the_secret_to_itself()
    {
        var shown = new List<string>();
        shown.Add((await _server.SendAsync("POST", "/integrations", Body("a", ",\"isEnabled\":true", auth: "BEARER_TOKEN", secret: Secret))).Body);
        shown.Add((await _server.SendAsync("POST", "/integrations", Body("b", auth: "BASIC_AUTH", secret: Secret))).Body);
        await _server.SendAsync("PUT", "/integrations/1", Body("a", ",\"channels\":[\"PLATFORM_AUDIT\"]", auth: "BEARER_TOKEN"));
        var before = (await _server.GetAsync("/integrations")).Body;
        var log = _server.Log;

        await _server.DisposeAsync();
        _server = await ApiServer.StartAsync(_folder);

        var after = (await _server.GetAsync("/integrations")).Body;
        after.ShouldBe(before);
        var run = _server.Lanes.Running.ShouldNotBeNull();
        (run.Revision, run.Settings.Channels.Single()).ShouldBe((2, "PLATFORM_AUDIT"));
        shown.AddRange([before, after, log, _server.Log, run.ToString(), (await _server.GetAsync("/integrations/1/status")).Body]);
        shown.ShouldAllBe(text => !text.Contains(Secret));
        shown[1].ShouldContain("must be user:password for BASIC_AUTH");
        // The event log keeps its witness, six numbers, to itself.
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "head"))
            (await ReadSharedAsync(file)).ShouldNotContain(Secret, Case.Sensitive, file);
    }

    private static string Body(string name, string rest = "", string? auth = null, string? secret = null)
    {
        var connection = auth is null ? "" : $",\"auth\":\"{auth}\"";
        if (secret is not null) connection += $",\"secret\":\"{secret}\"";
        return $$$"""{"type":"WEBHOOK","name":"{{{name}}}","connectionInfo":{"endpoint":"https://r/hook"{{{connection}}}}{{{rest}}}}""";
    }

    private static async Task<string> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private async Task CreateAsync(string name) => (await _server.SendAsync("POST", "/integrations", Body(name))).Status.ShouldBe(201);

    /// <param name="body">null: only the status and <paramref name="isEnabled"/> matter.</param>
    private async Task<ApiServer.Answer> ExpectAsync(int status, string? body, string method, string path, string? request = null, bool? isEnabled = null)
    {
        var answer = await _server.SendAsync(method, path, request);
        if (body is null) answer.Status.ShouldBe(status, answer.Body);
        else (answer.Status, answer.Body).ShouldBe((status, body));
        answer.Headers["X-RateLimit-Limit"].ShouldBe("600");
        if (status != 204) answer.ContentType.ShouldBe("application/json");
        if (isEnabled is not null) ((bool)JsonNode.Parse(answer.Body)!["isEnabled"]!).ShouldBe(isEnabled.Value);
        return answer;
    }
}
