using Webhook.Actors.Events;
using Webhook.Server.Access;
using Webhook.Server.Health;
using Webhook.Server.Ingest;
using Webhook.Server.Inputs;
using Webhook.Server.IntegrationFiles;
using Webhook.Server.Serving;
using Webhook.Server.Settings;

namespace Webhook.Server.Agent;

/// <summary>
/// The life of <c>webhook agent</c>: (1) every error in arguments, settings and files at once, (2) start: the engine, the file's integrations, the inputs, the port, in this order, so that
/// no event comes before those it is for, (3) forward until SIGTERM, or with <c>--exit-at-end</c> until all is delivered. Standard output belongs to integrations of type LOCAL.
/// </summary>
internal static class AgentHost
{
    public static async Task<int> RunAsync(AgentArguments arguments, CancellationToken cancellation)
    {
        var ingestKey = Environment.GetEnvironmentVariable(AccessKeys.IngestKeyVariable);
        List<string> errors =
        [
            .. new[]
            {
                AccessKeys.CheckToken(AccessKeys.IngestKeyVariable, ingestKey),
                arguments.Node.TryReadSettings(out var commandLine),
                ingestKey is null ? LocalCallers.CheckUrls(arguments.Node.Urls) : null,
            }.OfType<string>(),
        ];
        try
        {
            Node.CreateDataFolder(arguments.Node.DataFolder);
            var files = new FileErrors();
            var sensor = arguments.AgentFile is { } path ? new AgentFileReader().Read(path, files) : null;
            await using var app = Build(arguments, commandLine, ingestKey, sensor, errors);
            errors.AddRange(SettingsCheck.FindErrors(app.Services));
            if (app.Services.CheckIntegrationFile(arguments.ConfigFile, files) is { } config) sensor?.Compare(config, files);
            errors.AddRange(files.Errors.Select(static error => error.ToString()));
            if (errors.Count > 0) return Node.Refuse("the agent is not configured as it should be", errors);
            foreach (var warning in files.Warnings) await Console.Error.WriteLineAsync($"webhook: {warning}");

            // Before anything counts.
            app.Services.GetRequiredService<MetricsExport>();
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapIngest();
            app.MapHealth();
            await app.StartAsync(cancellation);
            await Console.Error.WriteLineAsync(
                $"webhook {Product.Version} agent forwards what {arguments.ConfigFile} says, listens on {Node.AddressOf(app)} and keeps its data in {arguments.Node.DataFolder}.");
            await app.WaitForShutdownAsync(cancellation);
            return Environment.ExitCode;
        }
        catch (Exception e) when (Node.CannotStart(e))
        {
            return Node.Refuse("the agent cannot start", [e.Message]);
        }
    }

    private static WebApplication Build(
        AgentArguments arguments, Dictionary<string, string?> commandLine, string? ingestKey, AgentFile? sensor, List<string> errors)
    {
        var builder = Node.CreateBuilder(arguments.Node, commandLine, AgentDefaults.Settings);
        var keys = AccessKeys.OfAgent(arguments.Node.DataFolder, ingestKey, TimeProvider.System.GetUtcNow());
        builder.AddNode(arguments.Node.DataFolder, keys, arguments.ConfigFile);
        if (ingestKey is null) builder.Services.AddSingleton<IProducers, LocalCallers>();
        builder.Services.AddIntegrationFile();

        // What the sensor does not hand over is dropped where it is read; nothing at all when its forwarder is off.
        var transmitted = sensor is null ? null : sensor.IsEnabled ? sensor.Channels : new HashSet<string>();
        var channels = new ChannelList(builder.Configuration.GetSection(ChannelOptions.SectionName).Get<ChannelOptions>() ?? new ChannelOptions());
        builder.Services.AddInputs(AgentInputs.Read(arguments, channels, transmitted, errors), arguments.Node.DataFolder);
        if (arguments.ExitAtEnd) builder.Services.AddHostedService<EndOfInput>();
        return builder.Build();
    }
}
