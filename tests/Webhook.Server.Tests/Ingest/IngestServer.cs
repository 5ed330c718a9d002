using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Server.Access;
using Webhook.Server.Ingest;
using Webhook.Server.Settings;
using Webhook.Testing;

namespace Webhook.Server.Tests.Ingest;

/// <summary>The ingest routes as the program maps them, on a real Kestrel over a real log in a folder of its own.</summary>
public sealed class IngestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private IngestServer(TemporaryFolder folder, WebApplication app, string ingestKey, string adminToken)
    {
        _folder = folder;
        _app = app;
        AdminToken = adminToken;
        IngestKey = ingestKey;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Url };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ingestKey);
    }

    public Uri Url { get; }

    /// <summary>Sends the ingest key with every request.</summary>
    public HttpClient Client { get; }

    public string IngestKey { get; }

    public string AdminToken { get; }

    /// <summary>What was logged at warning or above.</summary>
    public IReadOnlyCollection<string> Warnings => _app.Services.GetRequiredService<WarningLog>().Lines;

    public static async Task<IngestServer> StartAsync(params (string Key, string Value)[] settings)
    {
        var folder = new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(
            [
                new("Webhook:EventLog:Path", folder.Path), new("Webhook:EventLog:MinFreeDiskBytes", "0"), new("Webhook:EventLog:MemtableBytes", "1048576"),
                .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)),
            ]);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var (keys, tokens) = AccessKeys.Open(new AccessKeyFile(folder.Path), null, null, TimeProvider.System.GetUtcNow());
        var warnings = new WarningLog();
        builder.Logging.ClearProviders().AddProvider(warnings).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(warnings).AddSingleton(keys).AddSingleton(TimeProvider.System).AddSingleton<WebhookMetrics>().AddAccess().AddEventLog().AddIngest();
        builder.Services.AddSettings<EventLogOptions>(EventLogOptions.SectionName);
        builder.Services.AddSettings<ChannelOptions>(ChannelOptions.SectionName);
        builder.Services.AddSingleton<ChannelList>();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIngest();
        await app.StartAsync();
        return new IngestServer(folder, app, tokens.Ingest!, tokens.Admin!);
    }

    public Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers) => PostAsync(path, Encoding.UTF8.GetBytes(body), headers);

    public async Task<Answer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        return await SendAsync(request, headers);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Every stored event, in order, with its channel.</summary>
    public async Task<IReadOnlyList<(string Channel, string Event)>> StoredAsync()
    {
        var reader = _app.Services.GetRequiredService<EventLogReader>();
        var stored = new List<(string, string)>();
        var next = 0L;
        while (await reader.ReadAsync(0, next, CancellationToken.None) is { } block)
        {
            for (var i = 0; i < block.Count; i++) stored.Add((block.Channels[block.Entries[i].Channel], Encoding.UTF8.GetString(block.Event(i))));
            next = block.LastSequence + 1;
            block.Release();
        }

        return stored;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Status, body and headers of an answer.</summary>
public sealed record Answer(int Status, string Body, IReadOnlyDictionary<string, string> Headers);
