using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Webhook.Load;

/// <summary>The integrations that deliver to the load's receivers: made before the run by the forwarder's own API, deleted after it.</summary>
internal sealed class LoadIntegration : IAsyncDisposable
{
    private const string Path = "secure/events-forwarder/v2/integrations";

    private readonly HttpClient _client;
    private readonly List<string> _made = [];

    private LoadIntegration(HttpClient client) => _client = client;

    public static async Task<LoadIntegration> CreateAsync(Uri server, string adminToken, IEnumerable<Uri> endpoints, int batchDelayMs)
    {
        var client = new HttpClient { BaseAddress = server, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", adminToken) } };
        var integrations = new LoadIntegration(client);
        try
        {
            foreach (var endpoint in endpoints) await integrations.AddAsync($"load {Guid.NewGuid():N}", endpoint, batchDelayMs);
            return integrations;
        }
        catch
        {
            await integrations.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_made.Select(DeleteAsync));
        _client.Dispose();
    }

    private async Task DeleteAsync(string id)
    {
        using var response = await _client.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative));
    }

    private async Task AddAsync(string name, Uri endpoint, int batchDelayMs)
    {
        var body = new JsonObject
        {
            ["type"] = "WEBHOOK",
            ["name"] = name,
            ["isEnabled"] = true,
            ["channels"] = new JsonArray(LoadGenerator.Channel),
            ["connectionInfo"] = new JsonObject { ["endpoint"] = endpoint.ToString() },
            ["delivery"] = new JsonObject { ["maxBatchDelayMs"] = batchDelayMs },
        };
        using var response = await _client.PostAsJsonAsync(new Uri(Path, UriKind.Relative), body);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"The forwarder did not make the integration: {(int)response.StatusCode} {text}");
        _made.Add(JsonNode.Parse(text)!["id"]!.ToString());
    }
}
