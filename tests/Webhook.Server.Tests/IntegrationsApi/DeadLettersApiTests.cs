using System.Text;
using System.Text.Json.Nodes;
using Webhook.Actors.EventLog;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>Dead letters over real sockets, out of the real store.</summary>
public sealed class DeadLettersApiTests : OnApiServer
{
    private const string Path = "/integrations/1/dead-letters";
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await _server.SendAsync("POST", "/integrations", """{"type":"WEBHOOK","name":"a","connectionInfo":{"endpoint":"https://r/hook"}}""")).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_dead_letter_is_shown_with_its_event_byte_for_byte(string version)
    {
        // Twice the same key, a 19-digit number and escapes: nothing that reads and writes it again would keep them.
        await AddAsync(Letter(123_456, """{ "b":1,"a":1764000000000000001, "a":"ä\/", "n":1.0e+2 }""") with { AcceptedAtNanoseconds = 1_763_942_400_123_456_700, Answer = null });
        const string Shown = """{"id":"0-123456","position":{"partition":0,"sequence":123456},"channel":"ACTIVITY_AUDIT","reason":"field x is missing","statusCode":400,"refusedAt":"2026-11-24T00:00:00Z","acceptedAt":"2025-11-24T00:00:00.1234567Z","event":{ "b":1,"a":1764000000000000001, "a":"ä\/", "n":1.0e+2 }}""";
        await ExpectAsync(200, $$"""{"count":1,"data":[{{Shown}}]}""", "GET", $"/secure/events-forwarder/{version}/integrations/1/dead-letters");
        await ExpectAsync(200, Shown, "GET", $"/secure/events-forwarder/{version}/integrations/1/dead-letters/0-123456");
    }

    [Fact]
    public async Task Without_any_the_list_is_empty() => await ExpectAsync(200, """{"count":0,"data":[]}""", "GET", Path);

    [Fact]
    public async Task Pages_lead_through_all_of_them_once()
    {
        await AddAsync([.. Enumerable.Range(1, 130).Select(n => Letter(n))]);
        var seen = new List<string>();
        string? next = "";
        while (next is not null)
        {
            var page = await PageAsync(Path + "?limit=60" + (next.Length > 0 ? "&after=" + next : ""));
            page["count"]!.GetValue<int>().ShouldBe(130);
            seen.AddRange(Ids(page));
            next = page["next"]?.GetValue<string>();
            if (next is not null) next.ShouldBe(seen[^1]);
        }

        seen.ShouldBe(Enumerable.Range(1, 130).Select(n => $"0-{n}"));
        (await PageAsync(Path + "?limit=130"))["next"].ShouldBeNull();
        Ids(await PageAsync(Path)).Count().ShouldBe(100);
    }

    [Fact]
    public async Task A_page_of_large_events_ends_early_and_goes_on()
    {
        await AddAsync([.. Enumerable.Range(1, 20).Select(n => Letter(n, $$"""{"n":"{{new string('x', 1_000_000)}}"}"""))]);
        var page = await PageAsync(Path);
        var ids = Ids(page).ToArray();
        ids.Length.ShouldBe(16);
        Ids(await PageAsync($"{Path}?after={page["next"]}")).ShouldBe(["0-17", "0-18", "0-19", "0-20"]);
    }

    [Theory]
    [InlineData("channel=ACTIVITY_AUDIT", 1, 3, 5)]
    [InlineData("status=422", 3)]
    [InlineData("from=2026-11-24T00:03:00Z", 3, 4, 5)]
    [InlineData("until=2026-11-24T01:03:00%2B01:00", 1, 2)]
    [InlineData("text=FIELD%20Y", 4)]
    [InlineData("channel=ACTIVITY_AUDIT&from=2026-11-24T00:02:00.5Z&status=400", 5)]
    public async Task A_filter_finds_what_matches_and_purges_just_that(string filter, params int[] expected)
    {
        await AddAsync([.. Enumerable.Range(1, 5).Select(n => Letter(n) with
        {
            Channel = n % 2 == 1 ? "ACTIVITY_AUDIT" : "PLATFORM_AUDIT", StatusCode = n == 3 ? 422 : 400, RefusedAt = Start.AddMinutes(n), Answer = n == 4 ? "field y" : null,
        })]);
        var page = await PageAsync($"{Path}?{filter}");
        Ids(page).ShouldBe(expected.Select(n => $"0-{n}"));
        page["count"]!.GetValue<int>().ShouldBe(expected.Length);

        await ExpectAsync(200, $$"""{"count":{{expected.Length}}}""", "DELETE", $"{Path}?{filter}");
        Ids(await PageAsync(Path)).ShouldBe(Enumerable.Range(1, 5).Except(expected).Select(n => $"0-{n}"));
    }

    [Fact]
    public async Task A_large_purge_by_filter_removes_every_one()
    {
        await AddAsync([.. Enumerable.Range(1, 2_345).Select(n => Letter(n))]);
        await AddAsync(Letter(5_000) with { StatusCode = 422 });
        await ExpectAsync(200, """{"count":2345}""", "DELETE", Path + "?status=400");
        Ids(await PageAsync(Path)).ShouldBe(["0-5000"]);
    }

    [Fact]
    public async Task Everything_is_removed_only_when_that_is_said()
    {
        await AddAsync(Letter(1), Letter(2), Letter(3, integration: 2));
        await ExpectAsync(
            400, """{"type":"invalid_query","message":"The query has 1 error; see details.","details":["says nothing of what to remove; give all=true to remove every dead letter, or channel, status, from, until or text"]}""",
            "DELETE", Path);
        await ExpectAsync(
            400, """{"type":"invalid_query","message":"The query has 1 error; see details.","details":["all: is given together with a filter; give all=true to remove every dead letter, or the filter alone"]}""",
            "DELETE", Path + "?all=true&status=400");
        await ExpectAsync(
            400, """{"type":"invalid_query","message":"The query has 1 error; see details.","details":["stauts: unknown parameter; known here: channel, status, from, until, text, all"]}""",
            "DELETE", Path + "?all=true&stauts=400");
        await ExpectAsync(200, """{"count":2}""", "DELETE", Path + "?all=true");
        await ExpectAsync(200, """{"count":0,"data":[]}""", "GET", Path);
        _server.DeadLetters.Counts().ShouldBe(new Dictionary<long, long> { [2] = 1 });
    }

    [Fact]
    public async Task One_is_removed_once()
    {
        await AddAsync(Letter(1), Letter(2));
        await ExpectAsync(204, "", "DELETE", Path + "/0-1");
        const string Gone = """{"type":"not_found","message":"Integration 1 has no dead letter '0-1'.","details":[]}""";
        await ExpectAsync(404, Gone, "DELETE", Path + "/0-1");
        await ExpectAsync(404, Gone, "GET", Path + "/0-1");
        await ExpectAsync(404, """{"type":"not_found","message":"Integration 1 has no dead letter 'x'.","details":[]}""", "GET", Path + "/x");
        Ids(await PageAsync(Path)).ShouldBe(["0-2"]);
    }

    [Theory]
    [InlineData("limit=0", "limit: '0' is not an integer from 1 to 1000")]
    [InlineData("limit=1001", "limit: '1001' is not an integer from 1 to 1000")]
    [InlineData("status=99", "status: '99' is not an integer from 100 to 599")]
    [InlineData("status=400&status=422", "status: is given 2 times; once at most")]
    [InlineData("from=yesterday", "from: 'yesterday' is not a time; write it as RFC 3339, for example 2026-11-24T10:00:00Z (a + as %2B)")]
    [InlineData("until=0001-01-01T00:00:00%2B23:59", "until: '0001-01-01T00:00:00+23:59' is not a time; write it as RFC 3339, for example 2026-11-24T10:00:00Z (a + as %2B)")]
    [InlineData("from=2026-11-24T10:00:00Z&until=2026-11-24T10:00:00Z", "from: is not before until; nothing could match")]
    [InlineData("text=", "text: '' has 0 characters; 1 to 200")]
    [InlineData("channel=", "channel: '' has 0 characters; 1 to 64")]
    [InlineData("after=0", "after: '0' is not the id of a dead letter; write it as partition-sequence, for example 0-123456")]
    [InlineData("offset=5", "offset: unknown parameter; known here: channel, status, from, until, text, after, limit")]
    public Task A_wrong_query_is_refused_with_name_value_and_limits(string query, string detail) => ExpectAsync(
        400, $$"""{"type":"invalid_query","message":"The query has 1 error; see details.","details":["{{detail}}"]}""", "GET", $"{Path}?{query}");

    [Fact]
    public Task Everything_wrong_in_a_query_is_said_at_once() => ExpectAsync(
        400, """{"type":"invalid_query","message":"The query has 3 errors; see details.","details":["status: 'x' is not an integer from 100 to 599","limit: '-1' is not an integer from 1 to 1000","page: unknown parameter; known here: channel, status, from, until, text, after, limit"]}""",
        "GET", Path + "?page=2&limit=-1&status=x");

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/0-1")]
    [InlineData("DELETE", "?all=true")]
    [InlineData("DELETE", "/0-1")]
    public Task An_unknown_integration_is_404(string method, string rest) => ExpectAsync(
        404, """{"type":"not_found","message":"There is no integration with id 99.","details":[]}""", method, "/integrations/99/dead-letters" + rest);

    [Fact]
    public async Task Removing_needs_an_admin()
    {
        await AddAsync(Letter(1));
        (await _server.SendAsync("GET", Path, token: null)).Status.ShouldBe(401);
        (await _server.SendAsync("GET", Path, token: ApiServer.IngestKey)).Status.ShouldBe(403);
        (await _server.SendAsync("DELETE", Path + "?all=true", token: ApiServer.IngestKey)).Status.ShouldBe(403);
        Ids(await PageAsync(Path)).ShouldBe(["0-1"]);
    }

    private static DeadLetter Letter(long sequence, string json = "{}", long integration = 1) => new(
        integration, new DeadLetterId(0, sequence), "ACTIVITY_AUDIT", Encoding.UTF8.GetBytes(json), 0, "field x is missing", 400, "no", Start);

    private async Task AddAsync(params DeadLetter[] letters) => await _server.DeadLetters.AddAsync(letters, CancellationToken.None);

    private async Task<JsonNode> PageAsync(string path)
    {
        var answer = await _server.GetAsync(path);
        answer.Status.ShouldBe(200, answer.Body);
        return JsonNode.Parse(answer.Body)!;
    }

    private static IEnumerable<string> Ids(JsonNode page) => page["data"]!.AsArray().Select(letter => letter!["id"]!.GetValue<string>());

    private async Task ExpectAsync(int status, string body, string method, string path)
    {
        var answer = await _server.SendAsync(method, path);
        answer.Body.ShouldBe(body);
        answer.Status.ShouldBe(status);
    }
}
