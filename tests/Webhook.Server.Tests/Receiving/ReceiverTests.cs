using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Server.Receiving;
using Webhook.Server.Tests.Ingest;
using Webhook.Testing;
using Receiver = Webhook.Server.Receiving.Receiver;

namespace Webhook.Server.Tests.Receiving;

/// <summary>Real requests to a real receiver: what it answers, what it says, and what it counts.</summary>
public sealed class ReceiverTests : IDisposable
{
    private const string Token = "a-token-that-is-never-shown";
    private const string Two = """[{"name":"one"},{"name":"two"}]""";

    private readonly HttpClient _client = new();
    private readonly MemoryStream _json = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_batch_is_taken_and_told_with_its_events_as_they_came()
    {
        await using var receiver = await StartAsync(secrets: Token);
        (await PostAsync(receiver, "[{\"a\": 1.50,\n\"b\":\"\\u00e9\"}, {\"name\":\"two\"}]")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = Told()[0];
        told["request"]!.GetValue<string>().ShouldBe("POST /hook HTTP/1.1");
        told["outcome"]!.GetValue<string>().ShouldBe("taken");
        told["count"]!.GetValue<int>().ShouldBe(2);
        told["verdicts"]!.ToJsonString().ShouldBe("""[{"check":"bearer","passed":true}]""");
        Lines()[0].ShouldEndWith("\"events\":[{\"a\": 1.50, \"b\":\"\\u00e9\"},{\"name\":\"two\"}]}");
        Lines()[0].ShouldNotContain(Token);
        told["headers"]!["Authorization"]!.GetValue<string>().ShouldBe("Bearer ***");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("br")]
    public async Task A_compressed_batch_is_inflated(string encoding)
    {
        await using var receiver = await StartAsync(secrets: Token);
        using var content = new ByteArrayContent(Compressed.As(encoding, Encoding.UTF8.GetBytes(Two)));
        content.Headers.ContentEncoding.Add(encoding);
        (await PostAsync(receiver, content)).StatusCode.ShouldBe(HttpStatusCode.OK);
        receiver.Counts.Events.ShouldBe(2);
    }

    [Fact]
    public async Task Ndjson_is_a_batch_too()
    {
        await using var receiver = await StartAsync(secrets: Token);
        using var content = new StringContent("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", Encoding.UTF8, "application/x-ndjson");
        (await PostAsync(receiver, content)).StatusCode.ShouldBe(HttpStatusCode.OK);
        receiver.Counts.Events.ShouldBe(3);
    }

    [Fact]
    public async Task Who_proves_nothing_is_refused_and_told_why()
    {
        await using var receiver = await StartAsync(secrets: "another token");
        var answer = await PostAsync(receiver, Two);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("bearer: the token is wrong");
        Told()[0]["reason"]!.GetValue<string>().ShouldBe("bearer: the token is wrong");
        receiver.Counts.ShouldBe(new ReceiverCounts(1, 0, 0, 0, 1, 0));
    }

    [Theory]
    [InlineData("no JSON", 400, "is not valid JSON")]
    [InlineData("""[{"a":1}, 7]""", 400, "Event 1 at byte 10 is a number, not a JSON object")]
    [InlineData("", 400, "The body is empty")]
    public async Task What_is_no_batch_is_refused(string body, int status, string reason)
    {
        await using var receiver = await StartAsync();
        ((int)(await PostAsync(receiver, body)).StatusCode).ShouldBe(status);
        Told()[0]["reason"]!.GetValue<string>().ShouldContain(reason);
        receiver.Counts.ShouldBe(new ReceiverCounts(1, 0, 0, 0, 1, 0));
    }

    [Fact]
    public async Task Only_post_brings_batches()
    {
        await using var receiver = await StartAsync();
        (await _client.GetAsync(receiver.Address)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        receiver.Counts.Refused.ShouldBe(1);
    }

    [Fact]
    public async Task A_repeat_is_answered_like_the_first_and_dropped()
    {
        await using var receiver = await StartAsync();
        (string, string)[] headers = [("webhook-id", "m"), ("X-Webhook-Partition", "0"), ("X-Webhook-First-Sequence", "65536"), ("X-Webhook-Last-Sequence", "65537")];
        (await PostAsync(receiver, Two, headers)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(receiver, Two, headers)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Told()[1]["outcome"]!.GetValue<string>().ShouldBe("repeat");
        receiver.Counts.ShouldBe(new ReceiverCounts(2, 1, 2, 1, 0, 0));
    }

    [Fact]
    public async Task Failures_on_purpose_come_with_the_wait_that_was_asked_for()
    {
        await using var receiver = await StartAsync(new FaultOptions { Fail = [new FailRule(503, 1, 2, "503:first=2")], RetryAfter = TimeSpan.FromSeconds(5) });
        for (var i = 0; i < 2; i++)
        {
            var answer = await PostAsync(receiver, Two);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        }

        (await PostAsync(receiver, Two)).StatusCode.ShouldBe(HttpStatusCode.OK);
        receiver.Counts.ShouldBe(new ReceiverCounts(3, 1, 2, 0, 0, 2));
    }

    [Fact]
    public async Task A_redirect_on_purpose_has_no_body()
    {
        await using var receiver = await StartAsync(new FaultOptions { Fail = [new FailRule(304, 1, null, "304")] });
        var answer = await PostAsync(receiver, Two);
        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((304, ""));
    }

    [Fact]
    public async Task The_same_seed_fails_the_same_requests()
    {
        var faults = new FaultOptions { Fail = [new FailRule(500, 0.5, null, "500:50%")], Seed = 42 };
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var receiver = await StartAsync(faults);
            var statuses = new List<int>();
            for (var i = 0; i < 20; i++) statuses.Add((int)(await PostAsync(receiver, Two)).StatusCode);
            runs.Add(string.Join(' ', statuses));
        }

        runs[1].ShouldBe(runs[0]);
        runs[0].ShouldContain("500");
        runs[0].ShouldContain("200");
    }

    [Fact]
    public async Task A_connection_broken_on_purpose_leaves_the_sender_in_doubt_and_its_repeat_is_dropped()
    {
        await using var receiver = await StartAsync(new FaultOptions { ResetShare = 1 });
        (string, string)[] headers = [("webhook-id", "m")];
        await Should.ThrowAsync<HttpRequestException>(() => PostAsync(receiver, Two, headers));
        (await PostAsync(receiver, Two, headers)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Told()[0]["status"].ShouldBeNull();
        receiver.Counts.ShouldBe(new ReceiverCounts(2, 1, 2, 1, 0, 0));
    }

    [Fact]
    public async Task Refused_events_cost_the_batch_or_are_named()
    {
        await using (var receiver = await StartAsync(new FaultOptions { RefuseEvents = ["two"] }))
        {
            ((int)(await PostAsync(receiver, Two)).StatusCode).ShouldBe(422);
            receiver.Counts.ShouldBe(new ReceiverCounts(1, 0, 0, 0, 1, 0));
        }

        await using (var receiver = await StartAsync(new FaultOptions { RefuseEvents = ["two"], NamesRefused = true }))
        {
            var answer = await PostAsync(receiver, Two);
            ((int)answer.StatusCode).ShouldBe(207);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"refused":[{"index":1,"reason":"it holds a text of --refuse-event"}]}""");
            receiver.Counts.ShouldBe(new ReceiverCounts(1, 1, 1, 0, 0, 0));
            Told()[^1]["refused"]!.ToJsonString().ShouldBe("[1]");
        }
    }

    [Fact]
    public async Task A_body_above_the_limit_is_too_large()
    {
        await using var receiver = await StartAsync(new FaultOptions { TooLarge = Two.Length });
        ((int)(await PostAsync(receiver, Two)).StatusCode).ShouldBe(200);
        ((int)(await PostAsync(receiver, Two + " ")).StatusCode).ShouldBe(413);
        receiver.Counts.ShouldBe(new ReceiverCounts(2, 1, 2, 0, 0, 1));
    }

    [Fact]
    public async Task People_read_the_request_its_beginning_and_what_became_of_it()
    {
        var text = new StringWriter();
        await using (var receiver = await Receiver.StartAsync(new ReceiverSettings("http://127.0.0.1:0", [Token]), new ReadableReceipts(text), TimeProvider.System, default))
        {
            await PostAsync(receiver, "[{\"name\":\"\u001b[31m" + new string('é', 400) + "\"}]", [("X-Api-Key", "never shown")]);
            await PostAsync(receiver, $$"""[{"name":"{{new string('é', 400)}}"}]""", [("X-Api-Key", "never shown")]);
        }

        var told = text.ToString();
        told.ShouldStartWith("\nPOST /hook HTTP/1.1\nHost: 127.0.0.1:");
        told.ShouldContain("\nbearer verified\nREFUSED with 400: ");
        told.ShouldContain("é… (813 bytes)\nbearer verified\n");
        told.ShouldContain("X-Api-Key: ***\n");
        told.ShouldNotContain("never shown");
        told.ShouldNotContain(Token);
        told.ShouldNotContain('\u001b');
        told.ShouldNotContain('\uFFFD');
    }

    [Fact]
    public async Task Verbose_shows_each_event_whole()
    {
        var text = new StringWriter();
        await using (var receiver = await Receiver.StartAsync(new ReceiverSettings("http://127.0.0.1:0", []), new ReadableReceipts(text, verbose: true), TimeProvider.System, default))
            await PostAsync(receiver, $$"""[{"a":"{{new string('x', 1000)}}"},{"b":2}]""");
        text.ToString().ShouldContain($$"""{"a":"{{new string('x', 1000)}}"}{{"\n"}}{"b":2}{{"\n"}}not verified: no secret was given""");
    }

    [Fact]
    public async Task With_a_client_authority_only_its_clients_are_let_in()
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority("clients");
        using var stranger = new TestAuthority("strangers");
        using var server = TestCertificate.Create();
        var (certificate, key, ca) = (Path.Combine(folder.Path, "c.pem"), Path.Combine(folder.Path, "k.pem"), Path.Combine(folder.Path, "ca.pem"));
        await File.WriteAllTextAsync(certificate, server.ExportCertificatePem());
        await File.WriteAllTextAsync(key, server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(ca, authority.Pem);
        using var tls = ReceiverTls.Load(certificate, key, ca);
        await using var receiver = await Receiver.StartAsync(
            new ReceiverSettings("https://127.0.0.1:0", []) { Tls = tls }, new JsonReceipts(_json), TimeProvider.System, default);
        (await StatusAsync(receiver, authority.IssueClient("known"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(receiver, stranger.IssueClient("unknown"))).ShouldBeNull();
        (await StatusAsync(receiver, null)).ShouldBeNull();
        receiver.Counts.Requests.ShouldBe(1);
    }

    [Fact]
    public void Files_that_hold_no_certificate_are_named()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "c.pem");
        File.WriteAllText(file, "nothing");
        Should.Throw<InvalidDataException>(() => ReceiverTls.Load(file, null, null)).Message.ShouldContain(file);
    }

    private static async Task<HttpStatusCode?> StatusAsync(Receiver receiver, X509Certificate2? shown)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        if (shown is not null) handler.ClientCertificates.Add(shown);
        using var client = new HttpClient(handler);
        try
        {
            using var answer = await client.PostAsync(receiver.Address, new StringContent(Two));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        finally
        {
            shown?.Dispose();
        }
    }

    private async Task<Receiver> StartAsync(FaultOptions? faults = null, params string[] secrets) => await Receiver.StartAsync(
        new ReceiverSettings("http://127.0.0.1:0", secrets) { Faults = faults ?? new FaultOptions() }, new JsonReceipts(_json), TimeProvider.System, default);

    private async Task<HttpResponseMessage> PostAsync(Receiver receiver, string body, params (string Name, string Value)[] headers)
    {
        using var content = new StringContent(body);
        return await PostAsync(receiver, content, headers);
    }

    private async Task<HttpResponseMessage> PostAsync(Receiver receiver, HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(receiver.Address, "/hook")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _client.SendAsync(request);
    }

    private string[] Lines() => Encoding.UTF8.GetString(_json.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private List<JsonNode> Told() => [.. Lines().Select(line => JsonNode.Parse(line)!)];
}
