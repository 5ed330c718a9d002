using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook integrations</c>: the webhooks of a running server.</summary>
internal static class IntegrationsCommand
{
    public static Command Create() => new Command("integrations", "Looks at the integrations of a running server, and changes them.")
    {
        List(), Show(), CreateOne(), Update(), Delete(), Test(), Switch("enable", "Delivers from now on; tests it first, if these settings were not tested yet.", isOn: true),
        Switch("disable", "Delivers no more; events wait as long as the log keeps them.", isOn: false), Rotate(), Deliveries(),
    }.WithExamples(
        "webhook integrations list",
        "webhook integrations create --name edge --endpoint https://receiver.example/hook --channel SECURE_EVENTS_POLICIES --enable",
        "webhook integrations show edge",
        "webhook integrations test edge");

    /// <summary>An integration, as all commands take it.</summary>
    public static Argument<string> Named() => new("integration") { Description = "Its id or its name." };

    private static Command List() => new Command("list", "All integrations, each with its state.")
        .OnServer(static (session, _, cancellation) => new IntegrationsClient(session).ListAsync(cancellation))
        .WithExamples("webhook integrations list", "webhook integrations list --json");

    private static Command Show()
    {
        var integration = Named();
        return new Command("show", "One integration: state, what holds it back, its errors, its settings.") { integration }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).ShowAsync(parsed.GetRequiredValue(integration), cancellation))
            .WithExamples("webhook integrations show edge", "webhook integrations show 3 --json");
    }

    private static Command CreateOne()
    {
        var settings = new IntegrationSettingsOptions();
        var command = new Command("create", "Makes an integration, from options, from a JSON file, or from a file and options that win over it.");
        settings.AddTo(command);
        return command.OnServer((session, parsed, cancellation) => new IntegrationsClient(session).CreateAsync(settings.Create(parsed), cancellation)).WithExamples(
            "webhook integrations create --name edge --endpoint https://receiver.example/hook --channel SECURE_EVENTS_POLICIES --enable",
            "webhook integrations create --name signed --endpoint https://receiver.example/hook --auth SIGNATURE --secret-file key.txt --delivery compression=gzip",
            "webhook integrations create --file edge.json --name edge-2");
    }

    private static Command Update()
    {
        var integration = Named();
        var settings = new IntegrationSettingsOptions();
        var command = new Command("update", "Changes settings. With --file they are replaced by those of the file; without, what no option names stays.") { integration };
        settings.AddTo(command);
        return command.OnServer((session, parsed, cancellation) => new IntegrationsClient(session).UpdateAsync(
            parsed.GetRequiredValue(integration), current => settings.Update(parsed, current), cancellation)).WithExamples(
            "webhook integrations update edge --delivery maxBatchEvents=500 --delivery ordered=true",
            "webhook integrations update edge --name edge-eu --header X-Team=blue",
            "webhook integrations update edge --file edge.json");
    }

    private static Command Delete()
    {
        var integration = Named();
        var yes = Yes();
        return new Command("delete", "Deletes an integration, its dead letters and its place in the log.") { integration, yes }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).DeleteAsync(parsed.GetRequiredValue(integration), parsed.GetValue(yes), cancellation))
            .WithExamples("webhook integrations delete edge", "webhook integrations delete 3 --yes");
    }

    private static Command Test()
    {
        var integration = Named();
        return new Command("test", "Sends one sample batch over the delivery path and tells each stage with its time. Ends with 1 when the receiver did not take it.") { integration }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).TestAsync(parsed.GetRequiredValue(integration), cancellation))
            .WithExamples("webhook integrations test edge");
    }

    private static Command Switch(string name, string description, bool isOn)
    {
        var integration = Named();
        return new Command(name, description) { integration }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).SwitchAsync(parsed.GetRequiredValue(integration), isOn, cancellation))
            .WithExamples($"webhook integrations {name} edge");
    }

    private static Command Rotate()
    {
        var integration = Named();
        var secret = new Option<string?>("--secret-file") { HelpName = "FILE", Description = "File that holds the new secret; - is standard input. Without it the server makes one and shows it this once." };
        var overlap = new Option<long?>("--overlap-ms") { HelpName = "MS", Description = "How long the old secret goes on signing: 0 to 604800000, 24 hours by default." };
        return new Command("rotate", "Gives it a new secret; the old one goes on signing for a while.") { integration, secret, overlap }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).RotateAsync(
                parsed.GetRequiredValue(integration), parsed.GetValue(secret) is { } file ? IntegrationSettingsOptions.ReadSecret(file) : null, parsed.GetValue(overlap), cancellation))
            .WithExamples("webhook integrations rotate edge", "webhook integrations rotate edge --secret-file new-key.txt --overlap-ms 3600000");
    }

    private static Command Deliveries()
    {
        var integration = Named();
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "At most so many, 1 to 1000; 50 by default." };
        var outcome = new Option<string?>("--outcome") { HelpName = "OUTCOME", Description = "Only these, such as delivered, server_error, timed_out, refused." };
        var batch = new Option<string?>("--batch") { HelpName = "ID", Description = "Only the attempts of this batch (its webhook-id)." };
        return new Command("deliveries", "The newest attempts, the last one first. For those to come: webhook tail.") { integration, limit, outcome, batch }
            .OnServer((session, parsed, cancellation) => new IntegrationsClient(session).DeliveriesAsync(
                parsed.GetRequiredValue(integration),
                QueryText.Of(("limit", parsed.GetValue(limit)), ("outcome", parsed.GetValue(outcome)), ("batch", parsed.GetValue(batch))), cancellation))
            .WithExamples("webhook integrations deliveries edge --limit 20", "webhook integrations deliveries edge --outcome server_error --json");
    }

    /// <summary>For what does not come back.</summary>
    public static Option<bool> Yes() => new("--yes") { Description = "Do not ask; needed where nobody can be asked." };
}
