using System.CommandLine;
using Webhook.Server.Completing;

namespace Webhook.Server.Commands;

/// <summary><c>webhook completion</c>: what the shells complete with.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell to complete in." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        var command = new Command("completion", "Prints the script with which a shell completes commands, options and values.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(CompletionScripts.Read(parsed.GetRequiredValue(shell)));
            return ExitCode.Done;
        });
        return command.WithExamples(
            "source <(webhook completion bash)",
            "webhook completion bash > /etc/bash_completion.d/webhook",
            "source <(webhook completion zsh)",
            "webhook completion fish > ~/.config/fish/completions/webhook.fish");
    }
}
