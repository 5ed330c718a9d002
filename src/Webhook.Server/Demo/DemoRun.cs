using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Server.Access;
using Webhook.Server.Receiving;

namespace Webhook.Server.Demo;

/// <summary>
/// <c>serve --demo</c>: everything by the ordinary door, as a user would with curl. (1) A receiver, (2) an integration to it: created, tested, enabled,
/// (3) the sample events, (4) what arrived.
/// </summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const string Integrations = "/secure/events-forwarder/v2/integrations";
    private const string Name = "demo";
    private static readonly TimeSpan ArrivalDeadline = TimeSpan.FromSeconds(30);

    private readonly Receiver _receiver;
    private readonly Uri _hook;
    private readonly TextWriter _output;

    private DemoRun(Receiver receiver, TextWriter output)
    {
        _receiver = receiver;
        _hook = new Uri(receiver.Address, "/hook");
        _output = output;
    }

    /// <summary>Loopback, where the receiver listens. Deliveries may reach it only while the demo runs.</summary>
    public static IReadOnlyList<string> Addresses { get; } = ["127.0.0.0/8", "::1/128"];

    /// <summary>Runs the demo; the receiver goes on until this is disposed.</summary>
    public static async Task<DemoRun> RunAsync(AccessKeys keys, TimeProvider time, Uri address, TextWriter output, CancellationToken cancellation)
    {
        var secret = SecretRules.NewKey();
        var demo = new DemoRun(await Receiver.StartAsync(new ReceiverSettings("http://127.0.0.1:0", [secret]), new ReadableReceipts(output), time, cancellation), output);
        output.WriteLine($"demo: deliveries may reach loopback ({string.Join(", ", Addresses)}), where the demo's receiver is; without --demo only what {EgressOptions.SectionName}:{nameof(EgressOptions.AllowedAddresses)} says");
        using var admin = Client(address, keys.AddTransient(Name + "-admin", AccessRole.Admin, time.GetUtcNow()));
        using var ingest = Client(address, keys.AddTransient(Name + "-ingest", AccessRole.Ingest, time.GetUtcNow()));

        await demo.SetUpIntegrationAsync(admin, secret, cancellation);
        var sent = await demo.SendSamplesAsync(ingest, cancellation);

        // The sample batch of the test is one event more.
        var arrived = await demo._receiver.WaitForEventsAsync(sent + 1, ArrivalDeadline, cancellation) - 1;
        output.WriteLine($"\ndemo: {sent} events acknowledged, {arrived} arrived at the webhook. The receiver stays up; send it more.");
        return demo;
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private static HttpClient Client(Uri address, string token) => new()
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>Makes the integration, or points the one of an earlier demo to this receiver.</summary>
    private async Task SetUpIntegrationAsync(HttpClient admin, string secret, CancellationToken cancellation)
    {
        var settings = new JsonObject
        {
            ["type"] = "WEBHOOK",
            ["name"] = Name,
            ["isEnabled"] = false,
            ["channels"] = new JsonArray("SECURE_EVENTS_POLICIES"),
            ["connectionInfo"] = new JsonObject
            {
                ["endpoint"] = _hook.ToString(),
                ["auth"] = "SIGNATURE",
                ["secret"] = secret,
            },
            ["delivery"] = new JsonObject { ["maxBatchDelayMs"] = 300 },
        };

        var list = await CallAsync(admin, HttpMethod.Get, Integrations, null, cancellation);
        var existing = list["data"]!.AsArray().FirstOrDefault(i => (string?)i!["name"] == Name);
        var integration = existing is null
            ? await CallAsync(admin, HttpMethod.Post, Integrations, settings, cancellation)
            : await CallAsync(admin, HttpMethod.Put, $"{Integrations}/{existing["id"]}", settings, cancellation);
        var id = integration["id"]!.GetValue<long>();
        _output.WriteLine($"demo: integration {id} '{Name}' {(existing is null ? "created" : "updated")}, delivers to {_hook}");
        await CallAsync(admin, HttpMethod.Post, $"{Integrations}/{id}/test", null, cancellation);
        await CallAsync(admin, HttpMethod.Post, $"{Integrations}/{id}/enable", null, cancellation);
        _output.WriteLine("demo: tested and enabled");
    }

    private async Task<int> SendSamplesAsync(HttpClient ingest, CancellationToken cancellation)
    {
        var sent = 0;
        foreach (var (_, body) in DemoSamples.Load())
        {
            using var content = new ByteArrayContent(body);
            using var response = await ingest.PostAsync(new Uri("/v1/falco", UriKind.Relative), content, cancellation);
            sent += (await ReadAsync(response, cancellation))["accepted"]!.GetValue<int>();
        }

        _output.WriteLine($"demo: {sent} sample events sent to /v1/falco and acknowledged");
        return sent;
    }

    private static async Task<JsonNode> CallAsync(HttpClient client, HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, cancellation);
        return await ReadAsync(response, cancellation);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"demo: {response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} answered {(int)response.StatusCode}: {text}");
    }
}
