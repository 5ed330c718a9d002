using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// docs/faults.md row 18: what a producer and an operator are told when something is wrong, by the program as a whole. The text of every refusal of ingest is pinned in IngestRefusalTests;
/// here every status is provoked once, and that a status other than 2xx stores nothing.
/// </summary>
public sealed class ContractTests
{
    private const string Events = "/v1/events/SECURE_EVENTS_POLICIES";
    private const string Integrations = IntegrationCalls.Path;
    private static readonly byte[] Large = new byte[20_000];

    private static readonly (string Who, HttpMethod Method, string Path, byte[] Body, (string Name, string Value)[] Headers, int Status, string Type)[] Failures =
    [
        ("nobody", HttpMethod.Post, Events, "{}"u8.ToArray(), [], 401, "unauthorized"),
        ("admin", HttpMethod.Post, Events, "{}"u8.ToArray(), [], 403, "forbidden"),
        ("ingest", HttpMethod.Get, Events, [], [], 405, "method_not_allowed"),
        ("ingest", HttpMethod.Post, "/v1/events/NO_SUCH_CHANNEL", "{}"u8.ToArray(), [], 404, "unknown_channel"),
        ("ingest", HttpMethod.Post, Events, "nonsense"u8.ToArray(), [], 400, "invalid_json"),
        ("ingest", HttpMethod.Post, Events, "[{},7]"u8.ToArray(), [], 400, "not_an_object"),
        ("ingest", HttpMethod.Post, Events, """[{},{"timestamp":-1}]"""u8.ToArray(), [], 400, "invalid_timestamp"),
        ("ingest", HttpMethod.Post, Events, [], [], 400, "empty_body"),
        ("ingest", HttpMethod.Post, Events, Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', 5000)}}"}"""), [], 413, "event_too_large"),
        ("ingest", HttpMethod.Post, Events, Large, [], 413, "body_too_large"),
        ("ingest", HttpMethod.Post, Events, "{}"u8.ToArray(), [("Content-Encoding", "deflate")], 415, "unknown_encoding"),
        ("ingest", HttpMethod.Post, Events, "{}"u8.ToArray(), [("Content-Encoding", "gzip")], 400, "corrupt_encoding"),
        ("ingest", HttpMethod.Post, Events + "?partial=perhaps", "{}"u8.ToArray(), [], 400, "invalid_partial"),
        ("nobody", HttpMethod.Get, Integrations, [], [], 401, "unauthorized"),
        ("ingest", HttpMethod.Get, Integrations, [], [], 403, "forbidden"),
        ("admin", HttpMethod.Get, Integrations + "/999", [], [], 404, "not_found"),
        ("admin", HttpMethod.Post, Integrations, "{}"u8.ToArray(), [], 400, "invalid_integration"),
    ];

    [Fact]
    public async Task Every_failure_has_its_status_its_word_and_a_sentence_and_stores_nothing()
    {
        using var data = new TemporaryFolder();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, ["--set", "Webhook:Ingest:MaxEventBytes=4096", "--set", "Webhook:Ingest:MaxBodyBytes=10000"]);
        using var nobody = new HttpClient { BaseAddress = webhook.Address };
        var wrong = new List<string>();
        foreach (var (who, method, path, body, headers, status, type) in Failures)
        {
            using var request = new HttpRequestMessage(method, path);
            if (method != HttpMethod.Get) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            foreach (var (name, value) in headers) request.Content!.Headers.TryAddWithoutValidation(name, value);
            using var response = await (who switch { "nobody" => nobody, "admin" => webhook.Admin, _ => webhook.Ingest }).SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var error = JsonNode.Parse(text)!;
            if ((int)response.StatusCode != status || (string?)error["type"] != type || string.IsNullOrEmpty((string?)error["message"]) || error["details"] is not JsonArray)
                wrong.Add($"{who} {method} {path} is {status} {type}, not {(int)response.StatusCode} {text}");
        }

        wrong.ShouldBeEmpty();
        (await webhook.MetricAsync("webhook_log_events")).ShouldBe(0);
    }

    [Fact]
    public async Task What_passes_by_itself_is_answered_with_a_time_to_come_back_and_everything_else_without()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, ["--set", "Webhook:EventLog:MaxBytes=1048576", "--set", "Webhook:Api:RequestsPerMinute=30"]);
        await webhook.CreateAsync(IntegrationCalls.Settings("contract", receiver.Url));
        receiver.IsUp = false;
        var oracle = new Oracle();
        IngestReply reply;
        while ((reply = await webhook.PostAsync(oracle, 100, padding: 1000)).IsAcknowledged) oracle.Acknowledged.ShouldBeLessThan(3000);
        (reply.Status, reply.RetryAfter > TimeSpan.Zero).ShouldBe((503, true), reply.Body);
        (await webhook.PostAsync(oracle, 1, channel: "NO_SUCH_CHANNEL")).RetryAfter.ShouldBeNull("what will never succeed must not be tried again");

        await Until.HoldsAsync(async () =>
        {
            using var response = await webhook.Admin.GetAsync(IntegrationCalls.Path);
            return (int)response.StatusCode == StatusCodes.Status429TooManyRequests && response.Headers.RetryAfter?.Delta > TimeSpan.Zero;
        }, () => "too many calls of the API were not answered with 429 and Retry-After");
    }
}
