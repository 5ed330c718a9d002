using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook top</c>: everything at a glance.</summary>
internal static class TopCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Print one table and end, as when the output is no terminal." };
        return new Command("top", "How all integrations are doing, every second, the worst first, until Ctrl+C.") { once }
            .OnServer((session, parsed, cancellation) => new TopClient(session).RunAsync(parsed.GetValue(once), cancellation))
            .WithExamples("webhook top", "webhook top --once", "webhook top --once --json");
    }
}
