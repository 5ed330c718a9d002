using Microsoft.AspNetCore.DataProtection;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Server.IntegrationFiles;
using Webhook.Server.Serving;

namespace Webhook.Server.Checking;

/// <summary><c>webhook check</c>: (1) the settings as <c>serve</c> reads them, (2) the files, (3) if nothing is wrong and it is asked for, the receivers. Starts no server and makes no folder.</summary>
internal static class CheckRun
{
    public static async Task<int> RunAsync(CheckArguments arguments, TextWriter output, CancellationToken cancellation)
    {
        var serve = new ServeArguments(
            new NodeArguments("http://127.0.0.1:8080", Path.GetFullPath("data"), arguments.SettingsFile, arguments.Set), Demo: false, IntegrationsFile: null);
        if (serve.Node.TryReadSettings(out var commandLine) is { } wrong)
        {
            await Console.Error.WriteLineAsync($"webhook: {wrong}");
            return ExitCode.WrongUsage;
        }

        await using var settings = CheckedSettings.Read(serve, commandLine);
        var secrets = new SecretProtector(new EphemeralDataProtectionProvider());
        var problems = new FileErrors();
        var files = ReadFiles(arguments, new IntegrationValidator(new ChannelList(settings.Channels), secrets), problems);
        var isClean = settings.Errors.Count == 0 && !problems.Any;
        var live = arguments.IsLive && isClean ? await LiveTests.RunAsync(files.OfType<IntegrationFile>(), secrets, EgressRules.Of(settings.Egress), cancellation) : null;
        var report = new CheckReport(
            settings.Errors,
            [.. arguments.Files.Zip(files, static (path, file) => new CheckedFile(path, file?.Integrations.Count)), .. arguments.AgentFile is { } agent ? [new CheckedFile(agent, null)] : Array.Empty<CheckedFile>()],
            problems.All, live, IsLiveSkipped: arguments.IsLive && !isClean);
        CheckOutput.Write(report, arguments.IsJson, isTerminal: !Console.IsOutputRedirected, output);
        return report.Succeeded ? ExitCode.Done : ExitCode.Failed;
    }

    /// <returns>One for each path; null where it has errors.</returns>
    private static List<IntegrationFile?> ReadFiles(CheckArguments arguments, IntegrationValidator validator, FileErrors problems)
    {
        var reader = new IntegrationFileReader(validator);
        var files = arguments.Files.Select(path => reader.Read(path, problems)).ToList();
        if (arguments.AgentFile is { } agentFile && new AgentFileReader().Read(agentFile, problems) is { } agent)
            files.ForEach(file => { if (file is not null) agent.Compare(file, problems); });
        return files;
    }
}
