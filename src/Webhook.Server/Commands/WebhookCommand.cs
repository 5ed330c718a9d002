using System.CommandLine;

namespace Webhook.Server.Commands;

/// <summary>The program's command line.</summary>
internal static class WebhookCommand
{
    // The order of the help: run a server, look at it, change it.
    public static RootCommand Create() =>
        new RootCommand("Forwards security and platform events to webhooks: batched, signed, retried, and nothing accepted is lost.")
        {
            ServeCommand.Create(),
        }.WithExamples(
            "webhook serve --demo",
            "webhook serve --data /var/lib/webhook",
            "webhook serve --help");
}
