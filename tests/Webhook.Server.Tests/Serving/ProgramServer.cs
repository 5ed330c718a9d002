using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Webhook.Server.Access;
using Webhook.Server.Health;
using Webhook.Server.Serving;
using Webhook.Testing;

namespace Webhook.Server.Tests.Serving;

/// <summary>The whole program in this process, as <c>serve</c> builds it: every service, every route, its log in a file. There are an integration 1 and a key of each role.</summary>
public class ProgramServer : IAsyncLifetime, IDisposable
{
    public const string AdminToken = "admin-token-of-the-tests-000";
    public const string IngestKey = "ingest-key-of-the-tests-0000";

    private readonly TemporaryFolder _folder = new();
    private WebApplication _app = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Sends no token.</summary>
    public HttpClient Client { get; private set; } = null!;

    public string ViewerToken { get; private set; } = null!;

    internal IReadOnlyList<Route> Routes { get; private set; } = null!;

    public string AuditFile => Path.Combine(_folder.Path, "audit.jsonl");

    private string LogFile => Path.Combine(_folder.Path, "log.txt");

    /// <summary>What a test needs beside the settings of all.</summary>
    protected virtual Dictionary<string, string?> MoreSettings => [];

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(MoreSettings, StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Webhook:Api:RequestsPerMinute"] = "1000000",
            ["Webhook:Api:WrongTokensPerMinute"] = "1000000",
            ["Webhook:EventLog:MinFreeDiskBytes"] = "0",
            ["Serilog:MinimumLevel:Default"] = "Debug",
            ["Serilog:MinimumLevel:Override:Microsoft"] = "Debug",
            ["Serilog:Using:0"] = "Serilog.Sinks.File",
            ["Serilog:WriteTo:0:Name"] = "File",
            ["Serilog:WriteTo:0:Args:path"] = LogFile,
        };
        var keys = AccessKeys.Open(new AccessKeyFile(_folder.Path), AdminToken, IngestKey, TimeProvider.System.GetUtcNow()).Keys;
        ViewerToken = ((KeyChange.Added)keys.Add("viewer", AccessRole.Viewer, TimeProvider.System.GetUtcNow())).Token;
        _app = ServeHost.Build(new ServeArguments(new NodeArguments("http://127.0.0.1:0", _folder.Path, SettingsFile: null, Set: []), Demo: false, IntegrationsFile: null), settings, keys);
        _app.Services.GetRequiredService<MetricsExport>();
        ServeHost.MapRoutes(_app);
        await _app.StartAsync();
        Routes = [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(Route.Of)];
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1) };
        await CreateIntegrationAsync();
    }

    /// <summary>Everything logged so far.</summary>
    public async Task<string> LogAsync()
    {
        await using var file = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public string? TokenOf(string? role) => role switch
    {
        null => null,
        nameof(AccessRole.Admin) => AdminToken,
        nameof(AccessRole.Viewer) => ViewerToken,
        nameof(AccessRole.Ingest) => IngestKey,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "is not a role"),
    };

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task CreateIntegrationAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/secure/events-forwarder/v2/integrations");
        request.Headers.Authorization = new("Bearer", AdminToken);
        request.Content = new StringContent("""{"type":"WEBHOOK","name":"exists","connectionInfo":{"endpoint":"http://127.0.0.1:9/"}}""");
        using var response = await Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(201, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>Tests that share one running program, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ProgramTests : ICollectionFixture<ProgramServer>
{
    public const string Name = "The whole program";
}
