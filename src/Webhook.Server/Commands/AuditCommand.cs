using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook audit</c>: who changed what.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "At most so many, 1 to 1000; 100 by default." };
        var before = new Option<long?>("--before") { HelpName = "ID", Description = "Only changes older than this one." };
        var action = new Option<string?>("--action") { HelpName = "ACTION", Description = "Only these, such as integration.update." };
        var who = new Option<string?>("--who") { HelpName = "KEY", Description = "Only those made with this access key." };
        return new Command("audit", "Who changed what, the newest first.") { limit, before, action, who }
            .OnServer((session, parsed, cancellation) => new AuditClient(session).ReadAsync(
                parsed.GetValue(limit), parsed.GetValue(before), parsed.GetValue(action), parsed.GetValue(who), cancellation))
            .WithExamples("webhook audit --limit 20", "webhook audit --action integration.update --who admin", "webhook audit --json");
    }
}
