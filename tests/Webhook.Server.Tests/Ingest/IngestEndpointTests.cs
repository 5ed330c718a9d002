using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.Server.Tests.Ingest;

public sealed class IngestEndpointTests : IAsyncLifetime
{
    private const string Events = "/v1/events/ACTIVITY_AUDIT";

    private IngestServer _server = null!;

    public async Task InitializeAsync() => _server = await IngestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Accepted_events_are_in_the_log_byte_for_byte_and_where_the_answer_says()
    {
        var first = await _server.PostAsync(Events, """[{"b":1.00,"a":"\u0041é", "a":2}, { }]""");
        var second = await _server.PostAsync("/v1/events/PLATFORM_AUDIT", "{\"x\":1}\n\n{\"y\":12345678901234567890}\r\n");

        first.Status.ShouldBe(202);
        first.Headers.ContainsKey("Idempotency-Replayed").ShouldBeFalse();
        first.Body.ShouldBe("""{"accepted":2,"firstPosition":{"partition":0,"sequence":65536},"lastPosition":{"partition":0,"sequence":65537}}""");
        second.Body.ShouldBe("""{"accepted":2,"firstPosition":{"partition":0,"sequence":131072},"lastPosition":{"partition":0,"sequence":131073}}""");
        (await _server.StoredAsync()).ShouldBe(
        [
            ("ACTIVITY_AUDIT", """{"b":1.00,"a":"\u0041é", "a":2}"""), ("ACTIVITY_AUDIT", "{ }"),
            ("PLATFORM_AUDIT", """{"x":1}"""), ("PLATFORM_AUDIT", """{"y":12345678901234567890}"""),
        ]);
    }

    [Fact]
    public async Task An_empty_array_is_accepted_and_has_no_positions() =>
        (await _server.PostAsync(Events, "[]")).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(202),
            answer => answer.Body.ShouldBe("""{"accepted":0,"firstPosition":null,"lastPosition":null}"""));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_compressed_body_is_taken(string encoding)
    {
        var events = string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"{{\"number\":{i},\"text\":\"{new string('x', 100)}\"}}"));

        var answer = await _server.PostAsync(Events, Compressed.As(encoding, Encoding.UTF8.GetBytes(events)), ("Content-Encoding", encoding));

        answer.Status.ShouldBe(202);
        string.Join('\n', (await _server.StoredAsync()).Select(stored => stored.Event)).ShouldBe(events);
    }

    [Fact]
    public async Task A_chunked_body_is_taken()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Events) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes($"[{{\"a\":\"{new string('x', 100_000)}\"}}]")) };
        request.Headers.TransferEncodingChunked = true;

        (await _server.SendAsync(request)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_413()
    {
        await using var server = await IngestServer.StartAsync(("Webhook:Ingest:MaxBodyBytes", "100000"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Events) { Content = new ByteArrayContent(new byte[100_001]) };
        request.Headers.TransferEncodingChunked = true;

        var answer = await server.SendAsync(request);

        answer.Status.ShouldBe(413);
        answer.Body.ShouldStartWith("{\"type\":\"body_too_large\",");
    }

    [Fact]
    public async Task Partial_stores_the_good_events_and_lists_the_others()
    {
        var answer = await _server.PostAsync(Events + "?partial=true&unknown=1", "{\"a\":1}\n{\"a\":\n7\n{\"b\":2}\n", ("Content-Type", "application/x-ndjson"));

        answer.Status.ShouldBe(202);
        answer.Body.ShouldBe(
            """{"accepted":2,"firstPosition":{"partition":0,"sequence":65536},"lastPosition":{"partition":0,"sequence":65537}"""
            + ""","refused":[{"index":1,"offset":8,"reason":"is not valid JSON at byte 13: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed"},"""
            + """{"index":2,"offset":14,"reason":"is a number, not a JSON object"}],"refusedCount":2}""");
        (await _server.StoredAsync()).Select(stored => stored.Event).ShouldBe(["""{"a":1}""", """{"b":2}"""]);
    }

    [Theory]
    [InlineData("[5]", """{"accepted":0,"firstPosition":null,"lastPosition":null,"refused":[{"index":0,"offset":1,"reason":"is a number, not a JSON object"}],"refusedCount":1}""")]
    [InlineData("[]", """{"accepted":0,"firstPosition":null,"lastPosition":null,"refused":[],"refusedCount":0}""")]
    public async Task Partial_with_nothing_good_stores_nothing(string body, string expected)
    {
        var answer = await _server.PostAsync(Events + "?partial=true", body);

        answer.Status.ShouldBe(202);
        answer.Body.ShouldBe(expected);
    }

    [Fact]
    public async Task A_repeated_request_stores_nothing_twice_and_is_answered_the_same()
    {
        const string body = "{\"a\":1}\n5\n{\"b\":2}";
        var first = await _server.PostAsync(Events + "?partial=true", body, ("Idempotency-Key", "key 1"));
        await _server.PostAsync(Events, "{}");

        var again = await _server.PostAsync(Events + "?partial=true", Compressed.As("gzip", Encoding.UTF8.GetBytes(body)), ("Idempotency-Key", "key 1"), ("Content-Encoding", "gzip"));

        again.Status.ShouldBe(202);
        again.Body.ShouldBe(first.Body);
        again.Headers["Idempotency-Replayed"].ShouldBe("true");
        (await _server.StoredAsync()).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(Events, "{\"b\":1}")]
    [InlineData("/v1/events/PLATFORM_AUDIT", "{\"a\":1}")]
    [InlineData(Events + "?partial=true", "{\"a\":1}")]
    public async Task A_key_used_for_something_else_is_422(string path, string body)
    {
        await _server.PostAsync(Events, "{\"a\":1}", ("Idempotency-Key", "key"));

        var answer = await _server.PostAsync(path, body, ("Idempotency-Key", "key"));

        answer.Status.ShouldBe(422);
        answer.Body.ShouldBe(
            """{"type":"idempotency_conflict","message":"This Idempotency-Key was sent before with another body, channel or 'partial'; nothing is stored. Use a new key for a new request.","details":[]}""");
        (await _server.StoredAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/falco", true)]
    [InlineData("/v1/falco/{key}", false)]
    public async Task Falco_alerts_become_policy_events(string path, bool withHeader)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path.Replace("{key}", _server.IngestKey, StringComparison.Ordinal)) { Content = new ByteArrayContent(Sample.Read(Sample.Alerts[0])) };
        if (!withHeader) _server.Client.DefaultRequestHeaders.Authorization = null;

        var answer = await _server.SendAsync(request);

        answer.Status.ShouldBe(202);
        var (channel, stored) = (await _server.StoredAsync()).ShouldHaveSingleItem();
        channel.ShouldBe("SECURE_EVENTS_POLICIES");
        JsonNode.Parse(stored)!["content"]!["ruleName"]!.GetValue<string>().ShouldBe("Terminal shell in container");
    }

    [Fact]
    public async Task A_full_log_is_503_with_retry_after()
    {
        await using var server = await IngestServer.StartAsync(("Webhook:EventLog:MaxBytes", "1048576"), ("Webhook:EventLog:CommitBytes", "1000000"), ("Webhook:EventLog:RetentionInterval", "01:00:00"));
        var body = $"{{\"a\":\"{new string('x', 600_000)}\"}}";
        (await server.PostAsync(Events, body)).Status.ShouldBe(202);

        var answer = await server.PostAsync(Events, body);

        answer.Status.ShouldBe(503);
        answer.Headers["Retry-After"].ShouldBe("5");
        answer.Body.ShouldStartWith("{\"type\":\"log_unavailable\",\"message\":\"The event log is full: it holds ");
        answer.Body.ShouldEndWith(",\"details\":[]}");
    }

    [Fact]
    public async Task A_log_that_is_behind_is_429_with_retry_after()
    {
        await using var server = await IngestServer.StartAsync(
            ("Webhook:EventLog:MaxWaitingBytes", "65536"), ("Webhook:EventLog:CommitBytes", "65536"), ("Webhook:EventLog:CommitInterval", "00:00:01"));
        var body = $"{{\"a\":\"{new string('x', 40_000)}\"}}";
        await server.PostAsync(Events, "{}");

        // Both come within the second that the commit waits for more.
        var answers = await Task.WhenAll(server.PostAsync(Events, body), server.PostAsync(Events, body));

        answers.Select(answer => answer.Status).Order().ShouldBe([202, 429]);
        var behind = answers.Single(answer => answer.Status == 429);
        behind.Headers["Retry-After"].ShouldBe("1");
        behind.Body.ShouldStartWith("{\"type\":\"log_behind\",\"message\":\"Requests of 40");
        behind.Body.ShouldEndWith(" may; send again later.\",\"details\":[]}");
    }

    [Fact]
    public async Task A_producer_that_hangs_up_in_the_middle_leaves_no_trace()
    {
        using (var socket = new TcpClient(_server.Url.Host, _server.Url.Port))
        {
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST {Events} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {_server.IngestKey}\r\nContent-Length: 100\r\n\r\n{{\"a\":1}}\n{{\"b\""));
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        (await _server.PostAsync(Events, "{}")).Status.ShouldBe(202);
        (await _server.StoredAsync()).Select(stored => stored.Event).ShouldBe(["{}"]);
        _server.Warnings.ShouldBeEmpty();
    }
}
