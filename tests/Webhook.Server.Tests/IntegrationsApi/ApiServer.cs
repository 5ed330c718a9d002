using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhook.Actors.Events;
using Webhook.Actors.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Server.Access;
using Webhook.Server.IntegrationsApi;
using Webhook.Server.Serving;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>The API on a real Kestrel, over a cluster of one with its journal in SQLite; only the lanes are a stub.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string AdminToken = "admin-token-of-the-tests-000";
    public const string IngestKey = "ingest-key-of-the-tests-0000";
    private const string Prefix = "/secure/events-forwarder/v2";

    private readonly WebApplication _app;
    private readonly LogLines _log;
    private readonly HttpClient _client;

    private ApiServer(WebApplication app, LogLines log, LaneScript lanes, HttpClient client)
    {
        _app = app;
        _log = log;
        Lanes = lanes;
        _client = client;
    }

    public LaneScript Lanes { get; }

    /// <summary>Everything that was logged, one entry a line.</summary>
    public string Log => string.Join('\n', _log.All);

    public IActorRef Integrations => _app.Services.GetRequiredService<IRequiredActor<IntegrationRegion>>().ActorRef;

    public static async Task<ApiServer> StartAsync(TemporaryFolder folder, int requestsPerMinute = 600)
    {
        var (log, lanes) = (new LogLines(), new LaneScript());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Webhook:Api:RequestsPerMinute", $"{requestsPerMinute}")]);
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var services = builder.Services;
        var file = new AccessKeyFile(folder.Path);
        services.AddSingleton(AccessKeys.Open(file, AdminToken, IngestKey, TimeProvider.System.GetUtcNow()).Keys);
        services.AddAccess();
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder.Path, "keys")));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ChannelList(new ChannelOptions()));
        services.AddIntegrationDirectory(static _ => 1);
        services.AddIntegrationsApi();
        services.AddAkka("webhook", akka => akka
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithRemoting("127.0.0.1", 0)
            .WithClustering()
            .AddSqlitePersistence(Path.Combine(folder.Path, "journal.db"))
            .AddIntegrations(partitions: 1)
            .WithActors((system, registry) => registry.Register<LaneRegion>(system.ActorOf(Props.Create(() => new StubLanes(lanes)))))
            .WithActors(static (system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress))
            .AddHocon("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off, akka.cluster.min-nr-of-members = 1", HoconAddMode.Prepend));
        var app = builder.Build();
        app.UseIntegrationsApi();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIntegrationsApi();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ApiServer(app, log, lanes, new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) });
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);

    /// <param name="path">From /integrations on; a path that begins with /secure is taken as it is.</param>
    public async Task<Answer> SendAsync(string method, string path, string? body = null, string? token = AdminToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith("/secure", StringComparison.Ordinal) ? path : Prefix + path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var headers = response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, headers);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed record Answer(int Status, string Body, string? ContentType, IReadOnlyDictionary<string, string> Headers);

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
