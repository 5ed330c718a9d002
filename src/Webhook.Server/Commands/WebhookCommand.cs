using System.CommandLine;

namespace Webhook.Server.Commands;

/// <summary>The program's command line.</summary>
internal static class WebhookCommand
{
    public static RootCommand Create() => new("Forwards security and platform events to webhooks: batched, signed, retried, and nothing accepted is lost.")
    {
        ServeCommand.Create(),
    };
}
