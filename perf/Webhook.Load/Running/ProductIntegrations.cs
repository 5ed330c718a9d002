using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Webhook.Load.Running;

/// <summary>The integrations of our product that deliver to a run's receivers: made before the run by its own API, deleted after it.</summary>
internal sealed class ProductIntegrations : IAsyncDisposable
{
    private const string Path = "secure/events-forwarder/v2/integrations";

    private readonly HttpClient _client;
    private readonly List<string> _made = [];

    private ProductIntegrations(HttpClient client) => _client = client;

    /// <param name="delivery">Their <c>delivery</c> settings.</param>
    /// <exception cref="TargetException">The product does not make them.</exception>
    public static async Task<ProductIntegrations> CreateAsync(ProductApi product, IEnumerable<Uri> endpoints, IReadOnlyDictionary<string, string> delivery, CancellationToken cancellation)
    {
        var client = new HttpClient { BaseAddress = product.Server, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", product.Token) } };
        var integrations = new ProductIntegrations(client);
        try
        {
            foreach (var endpoint in endpoints) await integrations.AddAsync(endpoint, delivery, cancellation);
            return integrations;
        }
        catch
        {
            await integrations.DisposeAsync();
            throw;
        }
    }

    public Task DisableAsync(CancellationToken cancellation) => EachAsync("disable", cancellation);

    public Task EnableAsync(CancellationToken cancellation) => EachAsync("enable", cancellation);

    public Task TestAsync(CancellationToken cancellation) => EachAsync("test", cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _made)
        {
            try
            {
                using var response = await _client.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative));
            }
            catch (HttpRequestException)
            {
                // The product has ended; there is nothing to clean up in it.
            }
        }

        _client.Dispose();
    }

    private async Task EachAsync(string action, CancellationToken cancellation)
    {
        foreach (var id in _made) await SendAsync(new Uri($"{Path}/{id}/{action}", UriKind.Relative), null, $"{action} integration {id}", cancellation);
    }

    private async Task AddAsync(Uri endpoint, IReadOnlyDictionary<string, string> delivery, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["type"] = "WEBHOOK",
            ["name"] = $"load {Guid.NewGuid():N}",
            ["isEnabled"] = true,
            ["channels"] = new JsonArray(RunOptions.Channel),
            ["connectionInfo"] = new JsonObject { ["endpoint"] = endpoint.ToString() },
            ["delivery"] = new JsonObject(delivery.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Value(pair.Value)))),
        };
        var text = await SendAsync(new Uri(Path, UriKind.Relative), body, $"make an integration to {endpoint}", cancellation);
        _made.Add(JsonNode.Parse(text)!["id"]!.ToString());
    }

    private async Task<string> SendAsync(Uri path, JsonObject? body, string what, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.PostAsJsonAsync(path, body, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode ? text : throw new TargetException($"{_client.BaseAddress} did not {what}: {(int)response.StatusCode} {text}{Hint(text)}");
        }
        catch (HttpRequestException e)
        {
            throw new TargetException($"{_client.BaseAddress} cannot be reached to {what}: {e.Message}. Start it first, or give its address with --server");
        }
    }

    private static string Hint(string text) => text.Contains("AllowedAddresses", StringComparison.Ordinal)
        ? "\nThe receiver is on loopback: start the program under test with --set Webhook:Egress:AllowedAddresses:0=127.0.0.0/8"
        : "";

    private static JsonValue Value(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
        : JsonValue.Create(text);
}
