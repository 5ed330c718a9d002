using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Webhook.EndToEnd.Tests;

/// <summary>The REST calls that the tests make, as an operator's script would.</summary>
internal static class IntegrationCalls
{
    public const string Path = "/secure/events-forwarder/v2/integrations";
    public const string Channel = "SECURE_EVENTS_POLICIES";

    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(60);

    public static JsonObject Settings(string name, Uri endpoint, bool? enabled = true, JsonObject? delivery = null, JsonObject? connectionInfo = null, string channel = Channel)
    {
        var connection = connectionInfo ?? [];
        connection["endpoint"] = endpoint.ToString();
        var settings = new JsonObject
        {
            ["type"] = "WEBHOOK",
            ["name"] = name,
            ["channels"] = new JsonArray(channel),
            ["connectionInfo"] = connection,
            ["delivery"] = delivery ?? new JsonObject { ["maxBatchDelayMs"] = 50, ["maxBatchEvents"] = 500 },
        };
        if (enabled is { } value) settings["isEnabled"] = value;
        return settings;
    }

    /// <returns>The new integration's id.</returns>
    public static async Task<long> CreateAsync(this WebhookProcess webhook, JsonObject settings) =>
        (await webhook.CallAsync(HttpMethod.Post, Path, settings))["id"]!.GetValue<long>();

    public static async Task<JsonNode> CallAsync(this WebhookProcess webhook, HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var deadline = new CancellationTokenSource(AnswerDeadline);
        try
        {
            using var response = await webhook.Admin.SendAsync(request, deadline.Token);
            var text = await response.Content.ReadAsStringAsync(deadline.Token);
            response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path} answered {(int)response.StatusCode}: {text}");
            return Parse(text);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{method} {path} had no answer within {AnswerDeadline}; the log:\n{string.Join('\n', webhook.Log)}");
        }
    }

    private static JsonNode Parse(string text) => text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;

    /// <summary>Asks again until the answer is as expected; on the deadline says what it was.</summary>
    public static async Task EventuallyAsync(this WebhookProcess webhook, string path, Func<JsonNode, bool> expected)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        JsonNode answer;
        while (!expected(answer = await webhook.CallAsync(HttpMethod.Get, path)))
        {
            if (deadline.IsCancellationRequested) throw new TimeoutException($"GET {path} still answers {answer.ToJsonString()}");
            await tick.WaitForNextTickAsync();
        }
    }

    public static async Task<HttpResponseMessage> GetAsAsync(this WebhookProcess webhook, string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await webhook.Admin.SendAsync(request);
    }

    /// <summary>Sends new events of the oracle's and notes the acknowledgement, if one came.</summary>
    public static async Task<bool> SendAsync(
        this WebhookProcess webhook, Oracle oracle, int events, int padding = 0, string channel = Channel, CancellationToken cancellation = default) =>
        (await webhook.PostAsync(oracle, events, padding, channel, cancellation)).IsAcknowledged;

    /// <inheritdoc cref="SendAsync"/>
    public static async Task<IngestReply> PostAsync(
        this WebhookProcess webhook, Oracle oracle, int events, int padding = 0, string channel = Channel, CancellationToken cancellation = default)
    {
        var (body, ids) = oracle.NextBody(events, padding);
        using var content = new ByteArrayContent(body);
        using var response = await webhook.Ingest.PostAsync($"/v1/events/{channel}", content, cancellation);
        if (response.IsSuccessStatusCode) oracle.Acknowledge(ids);
        return new IngestReply((int)response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync(cancellation));
    }

    /// <summary>Sends one request after the other until it is stopped or the program is gone.</summary>
    public static async Task ProduceAsync(this WebhookProcess webhook, Oracle oracle, int eventsEach, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested) await webhook.SendAsync(oracle, eventsEach, cancellation: stop);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The kill: what had no answer is no obligation.
        }
    }
}

/// <summary>What a producer is told.</summary>
internal sealed record IngestReply(int Status, TimeSpan? RetryAfter, string Body)
{
    public bool IsAcknowledged => Status == 202;
}
