using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Webhook.Actors.Delivery;
using Webhook.Server.Tests.Client;
using Webhook.Testing;

namespace Webhook.Server.Tests.LiveApi;

/// <summary><c>/v1/overview</c> and <c>/v1/deliveries/live</c> over real sockets and real deliveries.</summary>
[Collection(ClientTests.Name)]
public sealed class LiveApiTests(ClientServer server)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_overview_tells_what_waits_and_why()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = await CreateAsync("overview", receiver);
        receiver.Respond = static (_, http) =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await server.SendEventsAsync("""[{"type":"policy","name":"a"},{"type":"policy","name":"b"},{"type":"policy","name":"c"}]""");
        var one = await UntilAsync(id, static one => one["state"]!.GetValue<string>() == "Error");
        one["isEnabled"]!.GetValue<bool>().ShouldBeTrue();
        one["backlog"]!.GetValue<long>().ShouldBe(3);
        one["requestsInFlight"]!.GetValue<int>().ShouldBe(1);
        one["oldestUndeliveredSeconds"]!.GetValue<double>().ShouldBeInRange(0, 60);
        one["reason"]!.GetValue<string>().ShouldContain("404");
        one["pausedUntil"]!.GetValue<DateTime>().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().UtcDateTime);
        one["errors"]!.GetValue<int>().ShouldBe(1);

        receiver.Respond = static (_, _) => Task.CompletedTask;
        await server.TextAsync("integrations", "test", id);
        one = await UntilAsync(id, static one => one["backlog"]?.GetValue<long>() == 0 && one["requestsInFlight"]!.GetValue<int>() == 0);
        one["oldestUndeliveredSeconds"]!.GetValue<double>().ShouldBe(0);
        await UntilAsync(id, static one => one["deliveredPerSecond"]!.GetValue<double>() > 0);

        await server.TextAsync("integrations", "disable", id);
        one = await UntilAsync(id, static one => one["requestsInFlight"] is null);
        (one["state"]!.GetValue<string>(), one["isEnabled"]!.GetValue<bool>(), one["backlog"]).ShouldBe(("Not Connected", false, null));
        await server.TextAsync("integrations", "delete", id, "--yes");
    }

    [Fact]
    public async Task A_listener_gets_what_it_asked_for_as_the_delivery_log_tells_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var (id, other) = (await CreateAsync("heard", receiver), await CreateAsync("not-heard", receiver));
        await using var feed = await Feed.OpenAsync(server, $"?integration={id}&outcome=delivered,refused");
        (await feed.NextAsync()).EventType.ShouldBe("listening");
        await server.SendEventsAsync("""{"type":"policy","name":"a"}""");
        var heard = await feed.NextAsync();
        heard.EventType.ShouldBe("delivery");
        var json = JsonNode.Parse(heard.Data)!;
        (json["integration"]!["id"]!.ToString(), json["integration"]!["name"]!.GetValue<string>()).ShouldBe((id, "heard"));
        var logged = (await server.JsonAsync("integrations", "deliveries", id, "--batch", json["delivery"]!["batch"]!.GetValue<string>()))["data"]![0];
        JsonNode.DeepEquals(json["delivery"], logged).ShouldBeTrue($"{json["delivery"]} is not {logged}");
        await server.TextAsync("integrations", "delete", id, "--yes");
        await server.TextAsync("integrations", "delete", other, "--yes");
    }

    [Fact]
    public async Task Only_so_many_listen_and_a_place_becomes_free_when_one_goes()
    {
        var feeds = new List<Feed>();
        // Those of other tests may still be going.
        await Until.HoldsAsync(
            async () =>
            {
                if (await Feed.TryOpenAsync(server) is { } feed) feeds.Add(feed);
                return feeds.Count == DeliveryFeed.MaxListeners;
            },
            () => $"only {feeds.Count} may listen", Deadline);
        foreach (var feed in feeds) (await feed.NextAsync()).EventType.ShouldBe("listening");

        using var refused = await Feed.SendAsync(server, "");
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await refused.Content.ReadAsStringAsync()).ShouldStartWith("""{"type":"too_many_listeners","message":"32 callers follow""");
        foreach (var feed in feeds) await feed.DisposeAsync();
        await Until.HoldsAsync(
            async () =>
            {
                using var next = await Feed.SendAsync(server, "");
                return next.IsSuccessStatusCode;
            },
            () => "nobody's place became free", Deadline);
    }

    [Fact]
    public async Task A_listener_whose_key_is_taken_away_hears_no_more()
    {
        var token = (await server.JsonAsync("keys", "create", "listener", "--role", "viewer"))["token"]!.GetValue<string>();
        await using var feed = await Feed.OpenAsync(server, "", token);
        await feed.NextAsync();
        await server.TextAsync("keys", "revoke", "listener", "--yes");
        await server.RunAsync("integrations", "test", "exists");
        (await feed.IsOverAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("?integration=1,x", "integration: 'x' is not an id; ids with commas between them are expected, for example 1,3")]
    [InlineData("?outcome=delivered,ok", "outcome: 'ok' is not known; one of delivered, ")]
    [InlineData("?limit=1", "limit: unknown parameter; known here: integration, outcome")]
    public async Task A_wrong_query_is_refused(string query, string detail)
    {
        using var answer = await Feed.SendAsync(server, query);
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith($$"""{"type":"invalid_query","message":"The query has 1 error; see details.","details":["{{detail}}""");
    }

    [Fact]
    public async Task An_unknown_integration_is_404()
    {
        using var answer = await Feed.SendAsync(server, "?integration=987654321");
        ((int)answer.StatusCode).ShouldBe(404);
    }

    private async Task<string> CreateAsync(string name, Receiver receiver) => (await server.JsonAsync(
        "integrations", "create", "--name", name, "--endpoint", receiver.Url.ToString(), "--channel", "SECURE_EVENTS_POLICIES", "--delivery", "maxBatchDelayMs=0", "--enable"))["id"]!.ToString();

    private async Task<JsonNode> UntilAsync(string id, Func<JsonNode, bool> condition)
    {
        JsonNode? one = null;
        await Until.HoldsAsync(
            async () => condition(one = (await server.JsonAsync("top"))["integrations"]!.AsArray().Single(i => i!["id"]!.ToString() == id)!), () => $"{one}", Deadline);
        return one!;
    }

    /// <summary>One listener.</summary>
    private sealed class Feed(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public static async Task<HttpResponseMessage> SendAsync(ClientServer server, string query, string? token = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/deliveries/live" + query);
            request.Headers.Authorization = new("Bearer", token ?? server.ViewerToken);
            return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        public static async Task<Feed> OpenAsync(ClientServer server, string query, string? token = null)
        {
            var response = await SendAsync(server, query, token);
            ((int)response.StatusCode).ShouldBe(200);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return await OfAsync(response);
        }

        private static async Task<Feed> OfAsync(HttpResponseMessage response) =>
            new(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());

        public static async Task<Feed?> TryOpenAsync(ClientServer server)
        {
            var response = await SendAsync(server, "");
            if (response.IsSuccessStatusCode) return await OfAsync(response);
            response.Dispose();
            return null;
        }

        public async Task<SseItem<string>> NextAsync()
        {
            (await items.MoveNextAsync().AsTask().WaitAsync(Deadline)).ShouldBeTrue("the feed ended");
            return items.Current;
        }

        public async Task<bool> IsOverAsync() => !await items.MoveNextAsync().AsTask().WaitAsync(Deadline);

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
