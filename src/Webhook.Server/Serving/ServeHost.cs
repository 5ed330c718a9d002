using Webhook.Actors.Sending;
using Webhook.Server.Access;
using Webhook.Server.AccessApi;
using Webhook.Server.Audit;
using Webhook.Server.CertificatesApi;
using Webhook.Server.Demo;
using Webhook.Server.Health;
using Webhook.Server.Ingest;
using Webhook.Server.IntegrationFiles;
using Webhook.Server.IntegrationsApi;
using Webhook.Server.LiveApi;
using Webhook.Server.Settings;

namespace Webhook.Server.Serving;

/// <summary>
/// The life of <c>webhook serve</c>: (1) settings, (2) services, (3) every error in the settings at once, (4) routes, (5) start, (6) the demo if asked for, (7) serve until SIGTERM.
/// On SIGTERM Kestrel finishes the requests it has, then the actors drain, then the log closes: hosted services stop and services are disposed in the reverse of their order here.
/// </summary>
internal static class ServeHost
{
    public static async Task<int> RunAsync(ServeArguments arguments, CancellationToken cancellation)
    {
        var dataFolder = arguments.Node.DataFolder;
        var adminToken = Environment.GetEnvironmentVariable(AccessKeys.AdminTokenVariable);
        var ingestKey = Environment.GetEnvironmentVariable(AccessKeys.IngestKeyVariable);
        List<string> errors =
        [
            .. new[]
            {
                AccessKeys.CheckToken(AccessKeys.AdminTokenVariable, adminToken),
                AccessKeys.CheckToken(AccessKeys.IngestKeyVariable, ingestKey),
                arguments.Node.TryReadSettings(out var commandLine),
            }.OfType<string>(),
        ];
        try
        {
            Node.CreateDataFolder(dataFolder);
            var now = TimeProvider.System.GetUtcNow();
            var (keys, newTokens) = errors.Count == 0
                ? AccessKeys.Open(new AccessKeyFile(dataFolder), adminToken, ingestKey, now)
                : (null, null);
            await using var app = Build(arguments, commandLine, keys);
            errors.AddRange(SettingsCheck.FindErrors(app.Services));
            if (arguments.IntegrationsFile is { } file) errors.AddRange(FindFileErrors(app.Services, file));
            if (errors.Count > 0) return Node.Refuse("the settings are wrong", errors);

            // Before anything counts.
            app.Services.GetRequiredService<MetricsExport>();
            MapRoutes(app);
            await app.StartAsync(cancellation);
            var address = Node.AddressOf(app);
            ServeConsole.PrintStarted(Console.Out, address, dataFolder, newTokens!);
            await using var demo = arguments.Demo
                ? await DemoRun.RunAsync(keys!, TimeProvider.System, new Uri(address), Console.Out, cancellation)
                : null;
            await app.WaitForShutdownAsync(cancellation);
            return Environment.ExitCode;
        }
        catch (Exception e) when (Node.CannotStart(e))
        {
            return Node.Refuse("it cannot start", [e.Message]);
        }
    }

    /// <summary>The program with all its services, before its routes.</summary>
    /// <param name="keys">null only when the settings are known to be wrong, and only their errors are wanted.</param>
    internal static WebApplication Build(ServeArguments arguments, Dictionary<string, string?> commandLine, AccessKeys? keys)
    {
        var builder = Node.CreateBuilder(arguments.Node, commandLine);
        builder.AddNode(arguments.Node.DataFolder, keys, arguments.IntegrationsFile);
        if (arguments.IntegrationsFile is not null) builder.Services.AddIntegrationFile();
        if (arguments.Demo) builder.Services.PostConfigure<EgressOptions>(AllowDemo);
        builder.Services.AddAudit(arguments.Node.DataFolder);
        builder.Services.AddIntegrationsApi();
        builder.Services.AddAccessApi();
        builder.Services.AddCertificatesApi();
        builder.Services.AddLiveApi();
        return builder.Build();
    }

    /// <summary>Every route there is.</summary>
    internal static void MapRoutes(WebApplication app)
    {
        app.UseIntegrationsApi();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIngest();
        app.MapIntegrationsApi();
        app.MapCertificatesApi();
        app.MapAccessApi();
        app.MapLiveApi();
        app.MapHealth();
    }

    private static IEnumerable<string> FindFileErrors(IServiceProvider services, string file)
    {
        var errors = new FileErrors();
        services.CheckIntegrationFile(file, errors);
        return errors.Errors.Select(static error => error.ToString());
    }

    private static void AllowDemo(EgressOptions egress)
    {
        foreach (var range in DemoRun.Addresses) egress.AllowedAddresses.Add(range);
    }
}
