using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook keys</c>: who may call a server.</summary>
internal static class KeysCommand
{
    public static Command Create() => new Command("keys", "The access keys of a running server: one for each producer, viewer and admin.") { List(), CreateOne(), Revoke() }
        .WithExamples("webhook keys list", "webhook keys create sensor-1 --role ingest", "webhook keys revoke sensor-1");

    private static Command List() => new Command("list", "Names, roles, and when each was used last.")
        .OnServer(static (session, _, cancellation) => new KeysClient(session).ListAsync(cancellation))
        .WithExamples("webhook keys list", "webhook keys list --json");

    private static Command CreateOne()
    {
        var name = new Argument<string>("name") { Description = "Letters, digits, '.', '_', '-'; at most 64." };
        var role = new Option<string>("--role") { HelpName = "ROLE", Required = true, Description = "admin (everything but ingest), viewer (reads) or ingest (sends events)." };
        return new Command("create", "Makes a key and shows its token, this once.") { name, role }
            .OnServer((session, parsed, cancellation) => new KeysClient(session).CreateAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), cancellation))
            .WithExamples("webhook keys create sensor-1 --role ingest", "webhook keys create dashboard --role viewer --json");
    }

    private static Command Revoke()
    {
        var (name, yes) = (new Argument<string>("name") { Description = "Of the key." }, IntegrationsCommand.Yes());
        return new Command("revoke", "Deletes a key; its token is refused from now on.") { name, yes }
            .OnServer((session, parsed, cancellation) => new KeysClient(session).RevokeAsync(parsed.GetRequiredValue(name), parsed.GetValue(yes), cancellation))
            .WithExamples("webhook keys revoke sensor-1", "webhook keys revoke sensor-1 --yes");
    }
}
