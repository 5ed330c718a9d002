using System.CommandLine;
using System.CommandLine.Invocation;

namespace Webhook.Server.Commands;

/// <summary>The program's command line.</summary>
internal static class WebhookCommand
{
    /// <summary>Runs a command line to its end.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, InvocationConfiguration io)
    {
        var parsed = Create().Parse(arguments);
        if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(io);

        // Whoever names no command wants to know which there are. Whoever has a word wrong wants to see that, not a page of help behind it.
        if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            await parsed.InvokeAsync(io);
            return ExitCode.WrongUsage;
        }

        foreach (var error in parsed.Errors) await io.Error.WriteLineAsync($"webhook: {error.Message}");
        await io.Error.WriteLineAsync($"{CommandLineOf(parsed)} --help shows how it is used.");
        return ExitCode.WrongUsage;
    }

    private static string CommandLineOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult) names.Insert(0, at.Command is RootCommand ? "webhook" : at.Command.Name);
        return string.Join(' ', names);
    }

    // The order of the help: run it, try it out, look at it, change it.
    public static RootCommand Create() =>
        new RootCommand("Forwards security and platform events to webhooks: batched, signed, retried, and nothing accepted is lost.")
        {
            ServeCommand.Create(),
            AgentCommand.Create(),
            CheckCommand.Create(),
            SendCommand.Create(),
            ReceiveCommand.Create(),
            TopCommand.Create(),
            TailCommand.Create(),
            IntegrationsCommand.Create(),
            ReplayCommand.Create(),
            DeadLettersCommand.Create(),
            KeysCommand.Create(),
            CertCommand.Create(),
            AuditCommand.Create(),
            LogCommand.Create(),
            CompletionCommand.Create(),
        }.WithPlainFlags().WithExamples(
            "webhook serve --demo",
            "webhook agent --config local_forwarder_config.yaml",
            "webhook integrations create --name edge --endpoint https://receiver.example/hook --channel SECURE_EVENTS_POLICIES --enable",
            "webhook top",
            "webhook tail edge");
}
