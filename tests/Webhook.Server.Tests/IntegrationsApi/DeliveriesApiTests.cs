using System.Text.Json.Nodes;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>The delivery log over real sockets.</summary>
public sealed class DeliveriesApiTests : OnApiServer
{
    private const string Path = "/integrations/1/deliveries";
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await _server.SendAsync("POST", "/integrations", """{"type":"WEBHOOK","name":"a","connectionInfo":{"endpoint":"https://r/hook"}}""")).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task An_attempt_is_shown_whole(string version)
    {
        var startedAt = new DateTimeOffset(Now.Year, Now.Month, Now.Day, 0, 0, 0, TimeSpan.Zero);
        Add(Attempt(1) with
        {
            StartedAt = startedAt,
            Kind = BatchKind.Replay,
            Outcome = "refused",
            StatusCode = 400,
            Error = "the receiver answered 400 (BadRequest)",
            Answer = "bad",
            AnswerTruncated = true,
        });
        var answer = await _server.GetAsync($"/secure/events-forwarder/{version}/integrations/1/deliveries");
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe($$$"""{"count":1,"data":[{"batch":"msg_1","attempt":1,"kind":"replay","startedAt":"{{{startedAt:yyyy-MM-ddTHH:mm:ssZ}}}","events":2,"first":{"partition":0,"sequence":100},"last":{"partition":0,"sequence":101},"bodyBytes":50,"outcome":"refused","statusCode":400,"error":"the receiver answered 400 (BadRequest)","answer":"bad","answerTruncated":true,"requestHeaders":[{"key":"webhook-id","value":"msg_1"},{"key":"Authorization","value":"***"}],"phases":{"queue":0.1,"request":1.5,"answer":20,"total":21.6}}]}""");
    }

    [Fact]
    public async Task The_newest_come_first_and_filters_choose()
    {
        for (var n = 1; n <= 60; n++) Add(Attempt(n) with { Batch = $"msg_{n % 2}", Outcome = n % 3 == 0 ? "timed_out" : "delivered" });
        (await AttemptsAsync("")).ShouldBe(Enumerable.Range(11, 50).Reverse());
        (await AttemptsAsync("?limit=2")).ShouldBe([60, 59]);
        (await AttemptsAsync("?limit=3&outcome=timed_out&batch=msg_1")).ShouldBe([57, 51, 45]);
        (await AttemptsAsync("?batch=msg_7")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("limit=1001", "limit: '1001' is not an integer from 1 to 1000")]
    [InlineData("batch=", "batch: '' has 0 characters; 1 to 200")]
    [InlineData("outcome=ok", "outcome: 'ok' is not known; one of delivered, ")]
    [InlineData("status=200", "status: unknown parameter; known here: limit, outcome, batch")]
    public async Task A_wrong_query_is_refused_with_name_value_and_limits(string query, string detail)
    {
        var answer = await _server.GetAsync($"{Path}?{query}");
        answer.Status.ShouldBe(400);
        answer.Body.ShouldStartWith($$"""{"type":"invalid_query","message":"The query has 1 error; see details.","details":["{{detail}}""");
    }

    [Fact]
    public async Task An_unknown_integration_is_404()
    {
        var answer = await _server.GetAsync("/integrations/99/deliveries");
        answer.Status.ShouldBe(404);
        answer.Body.ShouldBe("""{"type":"not_found","message":"There is no integration with id 99.","details":[]}""");
    }

    [Fact]
    public async Task Without_any_the_list_is_empty() => (await _server.GetAsync(Path)).Body.ShouldBe("""{"count":0,"data":[]}""");

    private static DeliveryAttempt Attempt(int number) => new(
        "msg_1", number, BatchKind.Delivery, Now, 2, 0, 100, 101, 50, "delivered", 200, null, null, false,
        [new RequestHeader("webhook-id", "msg_1"), new RequestHeader("Authorization", "***")], new AttemptPhases(0.1, null, null, null, 1.5, 20, 21.6));

    private void Add(DeliveryAttempt attempt) => _server.Deliveries.Add(new IntegrationId(1), attempt);

    private async Task<IEnumerable<int>> AttemptsAsync(string query)
    {
        var answer = await _server.GetAsync(Path + query);
        answer.Status.ShouldBe(200, answer.Body);
        return JsonNode.Parse(answer.Body)!["data"]!.AsArray().Select(attempt => attempt!["attempt"]!.GetValue<int>());
    }
}
