using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook tail</c>: deliveries as they happen.</summary>
internal static class TailCommand
{
    public static Command Create()
    {
        var integrations = new Argument<string[]>("integrations") { Arity = ArgumentArity.ZeroOrMore, Description = "Ids or names; without any, all of them." };
        var outcomes = new Option<string[]>("--outcome") { HelpName = "OUTCOME", Description = "Only these, such as delivered, server_error, timed_out, refused; may be repeated." };
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "End after so many." };
        limit.Validators.Add(static parsed =>
        {
            if (parsed.GetValueOrDefault<int?>() < 1) parsed.AddError("--limit is 1 or more.");
        });
        return new Command("tail", "Deliveries as they happen, a line each, until Ctrl+C. With --json one object a line.") { integrations, outcomes, limit }
            .OnServer((session, parsed, cancellation) => new TailClient(session).RunAsync(
                parsed.GetValue(integrations) ?? [], parsed.GetValue(outcomes) ?? [], parsed.GetValue(limit), cancellation))
            .WithExamples("webhook tail", "webhook tail edge --outcome server_error --outcome timed_out", "webhook tail --json --limit 10");
    }
}
