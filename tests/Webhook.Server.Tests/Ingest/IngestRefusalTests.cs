using System.Net.Http.Headers;
using System.Text;

namespace Webhook.Server.Tests.Ingest;

/// <summary>What producers rely on: the status and the full text of every refusal, and that nothing of a refused body is stored.</summary>
public sealed class IngestRefusalTests(IngestRefusalTests.Fixture fixture) : IClassFixture<IngestRefusalTests.Fixture>
{
    private const string Events = "/v1/events/ACTIVITY_AUDIT";

    private static readonly Dictionary<string, Refused> Table = new()
    {
        ["empty body"] = new("", 400, """{"type":"empty_body","message":"The body is empty; send one JSON object, an array of objects, or NDJSON.","details":[]}"""),
        ["not JSON"] = new("hello", 400,
            """{"type":"invalid_json","message":"The body is not valid JSON at byte 0: it starts with neither '{' nor '['; send one JSON object, an array of objects, or NDJSON.","details":[]}"""),
        ["broken object"] = new("""{"a":1,}""", 400,
            """{"type":"invalid_json","message":"The body is not valid JSON at byte 7: The JSON object contains a trailing comma at the end which is not supported in this mode.","details":[]}"""),
        ["broken array, also partial"] = new("""[{"a":1},{"a"},{"b":2}]""", 400,
            """{"type":"invalid_json","message":"The body is not valid JSON at byte 13: '}' is invalid after a property name. Expected a ':'.","details":[]}""")
        { Path = Events + "?partial=true" },
        ["broken line"] = new("{\"a\":1}\n{\"a\":}\n", 400,
            """{"type":"invalid_json","message":"Event 1 at byte 8 is not valid JSON at byte 13: '}' is an invalid start of a value. Nothing of the body is stored.","details":["event 1 at byte 8 is not valid JSON at byte 13: '}' is an invalid start of a value"]}"""),
        ["wrong UTF-8"] = new([.. "[{},{\"a\":\""u8, 0xC3, 0x28, .. "\"}]"u8], 400,
            """{"type":"invalid_utf8","message":"Event 1 at byte 4 is not valid UTF-8 at byte 10: 0xC3. Nothing of the body is stored.","details":["event 1 at byte 4 is not valid UTF-8 at byte 10: 0xC3"]}"""),
        ["number as the body"] = new("42", 400,
            """{"type":"not_an_object","message":"The body starts with a number at byte 0, but an event is a JSON object; send one JSON object, an array of objects, or NDJSON.","details":[]}"""),
        ["number as an event"] = new("[{},7]", 400,
            """{"type":"not_an_object","message":"Event 1 at byte 4 is a number, not a JSON object. Nothing of the body is stored.","details":["event 1 at byte 4 is a number, not a JSON object"]}"""),
        ["string as an event"] = new("{}\n\"x\"\n", 400,
            """{"type":"not_an_object","message":"Event 1 at byte 3 is a string, not a JSON object. Nothing of the body is stored.","details":["event 1 at byte 3 is a string, not a JSON object"]}"""),
        ["nested too deep"] = new(string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "{}" + new string('}', 64), 400,
            """{"type":"too_deep","message":"Event 0 at byte 0 is nested deeper than 64 levels, the limit, at byte 320. Nothing of the body is stored.","details":["event 0 at byte 0 is nested deeper than 64 levels, the limit, at byte 320"]}"""),
        ["wrong timestamp"] = new("""[{"timestamp":true}]""", 400,
            """{"type":"invalid_timestamp","message":"Event 0 at byte 1 has a timestamp that is true; send an integer or an RFC 3339 string, or leave it out. Nothing of the body is stored.","details":["event 0 at byte 1 has a timestamp that is true; send an integer or an RFC 3339 string, or leave it out"]}"""),
        ["negative timestamp"] = new("""{"timestamp":-5}""", 400,
            """{"type":"invalid_timestamp","message":"Event 0 at byte 0 has the timestamp -5, which is negative; the earliest is 0. Nothing of the body is stored.","details":["event 0 at byte 0 has the timestamp -5, which is negative; the earliest is 0"]}"""),
        ["second timestamp"] = new("""{"timestamp":5,"a":1,"timestamp":5}""", 400,
            """{"type":"repeated_timestamp","message":"Event 0 at byte 0 has a second top-level \"timestamp\" at byte 21; send one. Nothing of the body is stored.","details":["event 0 at byte 0 has a second top-level \"timestamp\" at byte 21; send one"]}"""),
        ["event too large"] = new("[{},{\"a\":\"" + new string('x', 1000) + "\"}]", 413,
            """{"type":"event_too_large","message":"Event 1 at byte 4 is 1008 bytes long; the limit is 1000. Nothing of the body is stored.","details":["event 1 at byte 4 is 1008 bytes long; the limit is 1000"]}"""),
        ["several refused"] = new("5\n{}\n{\"timestamp\":1.5}\n", 400,
            """{"type":"not_an_object","message":"2 events are refused, the first of them: event 0 at byte 0 is a number, not a JSON object. Nothing of the body is stored.","details":["event 0 at byte 0 is a number, not a JSON object","event 2 at byte 5 has the timestamp 1.5, which has a fraction or an exponent; send an integer"]}""")
        { Headers = [("Content-Type", "application/x-ndjson; charset=utf-8")] },
        ["too many events"] = new("[" + string.Join(',', Enumerable.Repeat("{}", 101)) + "]", 413,
            """{"type":"too_many_events","message":"The body holds more than 100 events, the limit; send them in several requests.","details":[]}""")
        { Path = Events + "?partial=true" },
        ["body too large"] = new(new byte[10_001], 413,
            """{"type":"body_too_large","message":"The body is larger than 10000 bytes as sent, the limit; send fewer events in a request, or compress it.","details":[]}"""),
        ["too large when inflated, gzip"] = new(Compressed.Bomb("gzip", 300_000), 413,
            """{"type":"inflated_body_too_large","message":"The body inflates to more than 20000 bytes, the limit; send fewer events in a request.","details":[]}""")
        { Headers = [("Content-Encoding", "gzip")] },
        ["too large when inflated, br"] = new(Compressed.Bomb("br", 300_000), 413,
            """{"type":"inflated_body_too_large","message":"The body inflates to more than 20000 bytes, the limit; send fewer events in a request.","details":[]}""")
        { Headers = [("Content-Encoding", "br")] },
        ["too large when inflated, zstd"] = new(Compressed.Bomb("zstd", 300_000), 413,
            """{"type":"inflated_body_too_large","message":"The body inflates to more than 20000 bytes, the limit; send fewer events in a request.","details":[]}""")
        { Headers = [("Content-Encoding", "zstd")] },
        ["damaged gzip"] = new("{}", 400,
            """{"type":"corrupt_encoding","message":"The body cannot be inflated as gzip: it is damaged, cut off, or followed by something else.","details":[]}""")
        { Headers = [("Content-Encoding", "gzip")] },
        ["cut off br"] = new(Compressed.As("br", "[{},{},{},{}]"u8)[..^2], 400,
            """{"type":"corrupt_encoding","message":"The body cannot be inflated as br: it is damaged, cut off, or followed by something else.","details":[]}""")
        { Headers = [("Content-Encoding", "br")] },
        ["unknown encoding"] = new("{}", 415,
            """{"type":"unknown_encoding","message":"The content encoding 'deflate' is not taken; send one of gzip, br, zstd, or none.","details":[]}""")
        { Headers = [("Content-Encoding", "deflate")] },
        ["one encoding on another"] = new("{}", 415,
            """{"type":"unknown_encoding","message":"The content encoding 'gzip, zstd' is not taken; send one of gzip, br, zstd, or none.","details":[]}""")
        { Headers = [("Content-Encoding", "gzip, zstd")] },
        ["unknown channel"] = new("{}", 404,
            """{"type":"unknown_channel","message":"There is no channel 'activity_audit'. Names are case-sensitive; 'details' lists those of this instance, as does GET /secure/events-forwarder/v2/channels?type=WEBHOOK.","details":["SECURE_EVENTS_POLICIES","ACTIVITY_AUDIT","PLATFORM_AUDIT","MONITOR_EVENTS","POLICY_EVENTS","SECURE_EVENTS_AUDIT_TRAIL","SECURE_EVENTS_BENCHMARK","SECURE_EVENTS_COMPLIANCE","SECURE_EVENTS_HOSTSCANNING","SECURE_EVENTS_SCANNING","BUILD_EVENTS"]}""")
        { Path = "/v1/events/activity_audit" },
        ["hidden channel"] = new("{}", 404,
            """{"type":"unknown_channel","message":"There is no channel 'AUDIT_TAP'. Names are case-sensitive; 'details' lists those of this instance, as does GET /secure/events-forwarder/v2/channels?type=WEBHOOK.","details":["SECURE_EVENTS_POLICIES","ACTIVITY_AUDIT","PLATFORM_AUDIT","MONITOR_EVENTS","POLICY_EVENTS","SECURE_EVENTS_AUDIT_TRAIL","SECURE_EVENTS_BENCHMARK","SECURE_EVENTS_COMPLIANCE","SECURE_EVENTS_HOSTSCANNING","SECURE_EVENTS_SCANNING","BUILD_EVENTS"]}""")
        { Path = "/v1/events/AUDIT_TAP" },
        ["wrong partial"] = new("{}", 400,
            """{"type":"invalid_partial","message":"The query parameter 'partial' is 'yes'; it may be 'true' or 'false'.","details":[]}""")
        { Path = Events + "?partial=yes" },
        ["unprintable idempotency key"] = new("{}", 400,
            """{"type":"invalid_idempotency_key","message":"The header Idempotency-Key may be sent once, with 1 to 255 printable ASCII characters.","details":[]}""")
        { Headers = [("Idempotency-Key", "a\tb")] },
        ["long idempotency key"] = new("{}", 400,
            """{"type":"invalid_idempotency_key","message":"The header Idempotency-Key may be sent once, with 1 to 255 printable ASCII characters.","details":[]}""")
        { Headers = [("Idempotency-Key", new string('k', 256))] },
        ["wrong Falco alert"] = new("""{"rule":"r","output":"o","priority":"Fatal"}""", 400,
            """{"type":"invalid_falco_alert","message":"Event 0 at byte 0 has the priority \"Fatal\", which is none of Falco's: Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug. Nothing of the body is stored.","details":["event 0 at byte 0 has the priority \"Fatal\", which is none of Falco's: Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug"]}""")
        { Path = "/v1/falco" },
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_refused_body_is_answered_in_full_and_nothing_of_it_is_stored(string name)
    {
        var expected = Table[name];
        var before = await fixture.Server.StoredAsync();

        var answer = await fixture.Server.PostAsync(expected.Path, expected.Body, expected.Headers);

        answer.Body.ShouldBe(expected.Answer);
        answer.Status.ShouldBe(expected.Status);
        (await fixture.Server.StoredAsync()).Count.ShouldBe(before.Count);
        fixture.Server.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_encoding_is_told_which_are_taken() =>
        (await fixture.Server.PostAsync(Events, "{}", ("Content-Encoding", "compress"))).Headers["Accept-Encoding"].ShouldBe("gzip, br, zstd");

    [Fact]
    public async Task More_refusals_than_are_listed_are_counted()
    {
        var answer = await fixture.Server.PostAsync(Events, string.Concat(Enumerable.Repeat("5\n", 100)), ("Content-Type", "application/jsonl"));

        answer.Status.ShouldBe(400);
        answer.Body.ShouldStartWith("{\"type\":\"not_an_object\",\"message\":\"100 events are refused, the first of them: event 0 at byte 0 is a number");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nobody-knows-this-token-at-all")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task Without_a_known_key_the_answer_is_401_whether_the_channel_exists_or_not(string? authorization)
    {
        foreach (var path in new[] { Events, "/v1/events/NOT_THERE", "/v1/falco", "/v1/falco/wrong-token" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{}"u8.ToArray()) };
            using var client = new HttpClient { BaseAddress = fixture.Server.Url };
            if (authorization is not null) request.Headers.Add("Authorization", authorization);

            using var response = await client.SendAsync(request);

            ((int)response.StatusCode).ShouldBe(401);
            (await response.Content.ReadAsStringAsync()).ShouldBe(
                """{"type":"unauthorized","message":"A valid token is required: send 'Authorization: Bearer <token>'.","details":[]}""");
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }
    }

    [Fact]
    public async Task With_a_key_of_another_role_the_answer_is_403()
    {
        foreach (var path in new[] { Events, "/v1/events/NOT_THERE", "/v1/falco", $"/v1/falco/{fixture.Server.AdminToken}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{}"u8.ToArray()) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Server.AdminToken);

            var answer = await fixture.Server.SendAsync(request);

            answer.Status.ShouldBe(403);
            answer.Body.ShouldBe("""{"type":"forbidden","message":"The token's role does not allow this call.","details":[]}""");
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_is_405_and_names_the_one_allowed(string method)
    {
        foreach (var path in new[] { Events, "/v1/falco" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);

            var answer = await fixture.Server.SendAsync(request);

            answer.Status.ShouldBe(405);
            answer.Body.ShouldBe($$"""{"type":"method_not_allowed","message":"{{method}} is not allowed here; allowed: POST.","details":[]}""");
        }
    }

    private sealed record Refused(byte[] Body, int Status, string Answer)
    {
        public Refused(string body, int status, string answer)
            : this(Encoding.UTF8.GetBytes(body), status, answer)
        {
        }

        public string Path { get; init; } = Events;

        public (string Name, string Value)[] Headers { get; init; } = [];
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public IngestServer Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await IngestServer.StartAsync(
            ("Webhook:Ingest:MaxEventBytes", "1000"), ("Webhook:Ingest:MaxBodyBytes", "10000"), ("Webhook:Ingest:MaxInflatedBytes", "20000"),
            ("Webhook:Ingest:MaxEvents", "100"), ("Webhook:Channels:Additional:0", "BUILD_EVENTS"), ("Webhook:Channels:Hidden:0", "AUDIT_TAP"));

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
