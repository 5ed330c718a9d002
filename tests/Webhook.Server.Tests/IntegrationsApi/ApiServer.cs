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
using Webhook.Actors.Certificates;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;
using Webhook.Server.Access;
using Webhook.Server.AccessApi;
using Webhook.Server.Audit;
using Webhook.Server.CertificatesApi;
using Webhook.Server.IntegrationsApi;
using Webhook.Server.Serving;
using Webhook.Server.Settings;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>The APIs on a real Kestrel, over a cluster of one with its journal in SQLite; only the lanes are a stub.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string AdminToken = "admin-token-of-the-tests-000";
    public const string IngestKey = "ingest-key-of-the-tests-0000";
    public const string ViewerToken = "viewer-token-of-the-tests-00";
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

    public IActorRef Certificates => _app.Services.GetRequiredService<IRequiredActor<CertificatesProxy>>().ActorRef;
    public IDeadLetterStore DeadLetters => _app.Services.GetRequiredService<IDeadLetterStore>();

    public ISecretProtector Protector => _app.Services.GetRequiredService<ISecretProtector>();

    public ManagedIntegrations Managed => _app.Services.GetRequiredService<ManagedIntegrations>();

    public DeliveryLog Deliveries => _app.Services.GetRequiredService<DeliveryLog>();

    public IActorRef Integrations => _app.Services.GetRequiredService<IRequiredActor<IntegrationRegion>>().ActorRef;

    public static async Task<ApiServer> StartAsync(TemporaryFolder folder, int requestsPerMinute = 600, int wrongTokensPerMinute = 20, string? managedFile = null)
    {
        var (log, lanes) = (new LogLines(), new LaneScript());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Webhook:Api:RequestsPerMinute", $"{requestsPerMinute}"), new("Webhook:Api:WrongTokensPerMinute", $"{wrongTokensPerMinute}"),
            new("Webhook:Egress:Region", "eu-1"), new("Webhook:Egress:Addresses:0", "192.0.2.10"), new("Webhook:Egress:Addresses:1", "2001:db8:1::/64"),
        ]);
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var services = builder.Services;
        var file = new AccessKeyFile(folder.Path);
        var now = TimeProvider.System.GetUtcNow();
        if (file.Load() is null)
        {
            file.Save([
                AccessKey.FromToken("admin", AccessRole.Admin, AdminToken, now), AccessKey.FromToken("ingest", AccessRole.Ingest, IngestKey, now),
                AccessKey.FromToken("viewer", AccessRole.Viewer, ViewerToken, now),
            ]);
        }

        services.AddSingleton(AccessKeys.Open(file, AdminToken, null, now).Keys);
        services.AddAccess();
        services.AddAudit(folder.Path);
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder.Path, "keys")));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSingleton(new IntegrationSource(File: managedFile));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ChannelList(new ChannelOptions()));
        services.AddIntegrationDirectory(static _ => 1);
        services.AddSingleton<WebhookMetrics>();
        services.AddCertificateDirectory();
        services.Configure<EventLogOptions>(options => (options.Path, options.MinFreeDiskBytes) = (Path.Combine(folder.Path, "log"), 0));
        services.AddEventLog();
        services.AddDeliveryLog();
        services.AddIntegrationsApi();
        services.AddAccessApi();
        services.AddSettings<EgressOptions>(EgressOptions.SectionName);
        services.AddCertificatesApi();
        services.AddAkka("webhook", akka => akka
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithRemoting("127.0.0.1", 0)
            .WithClustering()
            .AddSqlitePersistence(Path.Combine(folder.Path, "journal.db"))
            .AddCertificates()
            .AddIntegrations(partitions: 1)
            .WithActors((system, registry) => registry.Register<LaneRegion>(system.ActorOf(Props.Create(() => new StubLanes(lanes)))))
            .WithActors(static (system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress))
            .AddHocon("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off, akka.cluster.min-nr-of-members = 1", HoconAddMode.Prepend));
        var app = builder.Build();
        app.UseIntegrationsApi();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIntegrationsApi();
        app.MapAccessApi();
        app.MapCertificatesApi();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ApiServer(app, log, lanes, new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) });
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);

    /// <param name="path">From /integrations on; a path that begins with /secure or /v1 is taken as it is.</param>
    public Task<Answer> SendAsync(string method, string path, string? body = null, string? token = AdminToken) =>
        SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), token);

    public async Task<Answer> SendAsync(string method, string path, HttpContent? content, string? token = AdminToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith("/secure", StringComparison.Ordinal) || path.StartsWith("/v1", StringComparison.Ordinal) ? path : Prefix + path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = content;
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
