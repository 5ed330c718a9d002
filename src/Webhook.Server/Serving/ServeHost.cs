using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Webhook.Actors.DeadLetters;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Server.Access;
using Webhook.Server.AccessApi;
using Webhook.Server.Audit;
using Webhook.Server.CertificatesApi;
using Webhook.Server.Demo;
using Webhook.Server.Health;
using Webhook.Server.Ingest;
using Webhook.Server.IntegrationsApi;
using Webhook.Server.Settings;

namespace Webhook.Server.Serving;

/// <summary>
/// The life of <c>webhook serve</c>: (1) settings, (2) services, (3) every error in the settings at once, (4) routes, (5) start, (6) the demo if asked for, (7) serve until SIGTERM.
/// On SIGTERM Kestrel finishes the requests it has, then the actors drain, then the log closes: hosted services stop and services are disposed in the reverse of their order here.
/// </summary>
internal static class ServeHost
{
    private static readonly TimeSpan RequestDrainTimeout = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(ServeArguments arguments, CancellationToken cancellation)
    {
        var adminToken = Environment.GetEnvironmentVariable(AccessKeys.AdminTokenVariable);
        var ingestKey = Environment.GetEnvironmentVariable(AccessKeys.IngestKeyVariable);
        List<string> errors =
        [
            .. new[]
            {
                AccessKeys.CheckToken(AccessKeys.AdminTokenVariable, adminToken),
                AccessKeys.CheckToken(AccessKeys.IngestKeyVariable, ingestKey),
                arguments.TryReadSettings(out var commandLine),
            }.OfType<string>(),
        ];
        try
        {
            CreateDataFolder(arguments.DataFolder);
            var now = TimeProvider.System.GetUtcNow();
            var (keys, newTokens) = errors.Count == 0
                ? AccessKeys.Open(new AccessKeyFile(arguments.DataFolder), adminToken, ingestKey, now)
                : (null, null);
            await using var app = Build(arguments, commandLine, keys);
            errors.AddRange(SettingsCheck.FindErrors(app.Services));
            if (errors.Count > 0) return Refuse("the settings are wrong", errors);

            // Before anything counts.
            app.Services.GetRequiredService<MetricsExport>();
            MapRoutes(app);
            await app.StartAsync(cancellation);
            var address = AddressOf(app);
            ServeConsole.PrintStarted(Console.Out, address, arguments.DataFolder, newTokens!);
            await using var demo = arguments.Demo
                ? await DemoRun.RunAsync(keys!, TimeProvider.System, new Uri(address), Console.Out, cancellation)
                : null;
            await app.WaitForShutdownAsync(cancellation);
            return Environment.ExitCode;
        }
        catch (Exception e) when (e is EventLogException or IOException or InvalidDataException or SocketException or UnauthorizedAccessException)
        {
            return Refuse("it cannot start", [e.Message]);
        }
    }

    /// <summary>The program with all its services, before its routes.</summary>
    /// <param name="keys">null only when the settings are known to be wrong, and only their errors are wanted.</param>
    internal static WebApplication Build(ServeArguments arguments, Dictionary<string, string?> commandLine, AccessKeys? keys)
    {
        var builder = CreateBuilder(arguments, commandLine);
        AddServices(builder, arguments, keys);
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
        app.MapHealth();
    }

    private static void CreateDataFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static WebApplicationBuilder CreateBuilder(ServeArguments arguments, Dictionary<string, string?> commandLine)
    {
        // appsettings.json is the one beside the program, wherever it is started from.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new($"{EventLogOptions.SectionName}:{nameof(EventLogOptions.Path)}", Path.Combine(arguments.DataFolder, "log"))]);
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false);
        if (arguments.SettingsFile is { } file) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.Configuration.AddEnvironmentVariables().AddInMemoryCollection(commandLine);
        return builder;
    }

    private static void AddServices(WebApplicationBuilder builder, ServeArguments arguments, AccessKeys? keys)
    {
        var services = builder.Services;
        services.AddServeLogging();
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = RequestDrainTimeout);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Bodies are bounded by the ingest limits, which answer with the limit's name instead of a bare 413.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.WebHost.UseKestrelHttpsConfiguration();

        if (keys is not null) services.AddSingleton(keys);
        services.AddAccess();
        services.AddAudit(arguments.DataFolder);
        services.AddDataProtection().SetApplicationName("webhook");
        services.AddOptions<KeyManagementOptions>().Configure<ILoggerFactory>(
            (keyRing, loggers) => keyRing.XmlRepository = new KeyRingFolder(new DirectoryInfo(Path.Combine(arguments.DataFolder, "secret-keys")), loggers));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSettings<EgressOptions>(EgressOptions.SectionName);
        if (arguments.Demo) services.PostConfigure<EgressOptions>(AllowDemo);
        services.AddSettings<ManagementOptions>(ManagementOptions.SectionName);
        services.AddSettings<ChannelOptions>(ChannelOptions.SectionName);
        services.AddSettings<EventLogOptions>(EventLogOptions.SectionName);
        services.AddSettings<DeliveryOptions>(DeliveryOptions.SectionName);
        services.AddSettings<DeliveryLogOptions>(DeliveryLogOptions.SectionName);
        services.AddSettings<DeadLetterOptions>(DeadLetterOptions.SectionName);
        services.AddIngest();
        services.AddIntegrationsApi();
        services.AddAccessApi();
        services.AddCertificatesApi();
        services.AddHealth();
        services.AddWebhookActors(builder.Configuration, Path.Combine(arguments.DataFolder, "journal.db"));
    }

    private static void AllowDemo(EgressOptions egress)
    {
        foreach (var range in DemoReceiver.Addresses) egress.AllowedAddresses.Add(range);
    }

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static int Refuse(string what, IReadOnlyList<string> errors)
    {
        Console.Error.WriteLine($"webhook: {what}:");
        foreach (var error in errors) Console.Error.WriteLine($"  {error}");
        return ExitCode.WrongUsage;
    }
}
