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
using Webhook.Server.Health;
using Webhook.Server.Ingest;
using Webhook.Server.Settings;

namespace Webhook.Server.Serving;

/// <summary>What every kind of node is made of: settings from everywhere, the log, Kestrel, the secrets' key ring, the engine, ingest and health.</summary>
internal static class Node
{
    // Built in, and of that name beside the program.
    private const string SettingsFile = "appsettings.json";

    private static readonly TimeSpan RequestDrainTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is kept, for its owner alone.</summary>
    public static void CreateDataFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <param name="defaults">What this kind of node does otherwise than the options' own defaults; everything wins over it.</param>
    public static WebApplicationBuilder CreateBuilder(
        NodeArguments arguments, Dictionary<string, string?> commandLine, IEnumerable<KeyValuePair<string, string?>>? defaults = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new($"{EventLogOptions.SectionName}:{nameof(EventLogOptions.Path)}", Path.Combine(arguments.DataFolder, "log"))]);
        builder.Configuration.AddInMemoryCollection(defaults ?? []);
        using var builtIn = typeof(Node).Assembly.GetManifestResourceStream(SettingsFile)!;
        builder.Configuration.AddJsonStream(builtIn);
        // The one beside the program, wherever it is started from.
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, SettingsFile), optional: true);
        if (arguments.SettingsFile is { } file) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.Configuration.AddEnvironmentVariables().AddInMemoryCollection(commandLine);
        return builder;
    }

    /// <param name="keys">null only when the settings are known to be wrong, and only their errors are wanted.</param>
    /// <param name="integrationsFile">Integrations that stand in a file; null: none.</param>
    public static void AddNode(this WebApplicationBuilder builder, string dataFolder, AccessKeys? keys, string? integrationsFile)
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
        services.AddDataProtection().SetApplicationName("webhook");
        services.AddOptions<KeyManagementOptions>().Configure<ILoggerFactory>(
            (keyRing, loggers) => keyRing.XmlRepository = new KeyRingFolder(new DirectoryInfo(Path.Combine(dataFolder, "secret-keys")), loggers));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSingleton(new IntegrationSource(integrationsFile));
        services.AddSettings<EgressOptions>(EgressOptions.SectionName);
        services.AddSettings<ManagementOptions>(ManagementOptions.SectionName);
        services.AddSettings<ChannelOptions>(ChannelOptions.SectionName);
        services.AddSettings<EventLogOptions>(EventLogOptions.SectionName);
        services.AddSettings<DeliveryOptions>(DeliveryOptions.SectionName);
        services.AddSettings<DeliveryLogOptions>(DeliveryLogOptions.SectionName);
        services.AddSettings<DeadLetterOptions>(DeadLetterOptions.SectionName);
        services.AddIngest();
        services.AddHealth();
        services.AddWebhookActors(builder.Configuration, Path.Combine(dataFolder, "journal.db"));
    }

    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What keeps a node from starting without being a bug.</summary>
    public static bool CannotStart(Exception e) =>
        e is EventLogException or IOException or InvalidDataException or SocketException or UnauthorizedAccessException;

    public static int Refuse(string what, IReadOnlyList<string> errors)
    {
        Console.Error.WriteLine($"webhook: {what}:");
        foreach (var error in errors) Console.Error.WriteLine($"  {error}");
        return ExitCode.WrongUsage;
    }
}
