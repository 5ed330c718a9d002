using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook dead-letters</c>: events that a receiver refused for good.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new Command("dead-letters", "Events that a receiver refused for good: look at them, send them once more, remove them.")
    {
        List(), Show(), Redeliver(), Purge(),
    }.WithExamples(
        "webhook dead-letters list edge --status 400",
        "webhook dead-letters show edge 0-65536",
        "webhook dead-letters redeliver edge --all");

    private static Command List()
    {
        var (integration, filter) = (IntegrationsCommand.Named(), new Filter());
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "At most so many, 1 to 1000; 100 by default." };
        var after = new Option<string?>("--after") { HelpName = "ID", Description = "The next page begins behind this one." };
        return filter.AddTo(new Command("list", "They, in the order of the log.") { integration, limit, after })
            .OnServer((session, parsed, cancellation) => new DeadLettersClient(session).ListAsync(
                parsed.GetRequiredValue(integration), filter.Read(parsed), parsed.GetValue(after), parsed.GetValue(limit), cancellation))
            .WithExamples("webhook dead-letters list edge", "webhook dead-letters list edge --status 400 --from 2h --text tenant", "webhook dead-letters list edge --json --limit 1000");
    }

    private static Command Show()
    {
        var (integration, id) = (IntegrationsCommand.Named(), new Argument<string>("id") { Description = "Of the dead letter, for example 0-65536." });
        return new Command("show", "One of them: why it was refused, and the event itself.") { integration, id }
            .OnServer((session, parsed, cancellation) => new DeadLettersClient(session).ShowAsync(parsed.GetRequiredValue(integration), parsed.GetRequiredValue(id), cancellation))
            .WithExamples("webhook dead-letters show edge 0-65536");
    }

    private static Command Redeliver()
    {
        var (integration, ids, all, filter) = (IntegrationsCommand.Named(), Ids(), All(), new Filter());
        var rate = new Option<double?>("--max-requests-per-second") { HelpName = "N", Description = "0.01 to 10000; 10 by default." };
        return filter.AddTo(new Command("redeliver", "Sends them once more, each in a request of its own.") { integration, ids, all, rate })
            .OnServer((session, parsed, cancellation) => new DeadLettersClient(session).RedeliverAsync(
                parsed.GetRequiredValue(integration), parsed.GetValue(ids) ?? [], parsed.GetValue(all), filter.Read(parsed), parsed.GetValue(rate), cancellation))
            .WithExamples("webhook dead-letters redeliver edge 0-65536 0-65540", "webhook dead-letters redeliver edge --status 422", "webhook dead-letters redeliver edge --all --max-requests-per-second 100");
    }

    private static Command Purge()
    {
        var (integration, ids, all, filter, yes) = (IntegrationsCommand.Named(), Ids(), All(), new Filter(), IntegrationsCommand.Yes());
        return filter.AddTo(new Command("purge", "Removes them for good.") { integration, ids, all, yes })
            .OnServer((session, parsed, cancellation) => new DeadLettersClient(session).PurgeAsync(
                parsed.GetRequiredValue(integration), parsed.GetValue(ids) ?? [], parsed.GetValue(all), filter.Read(parsed), parsed.GetValue(yes), cancellation))
            .WithExamples("webhook dead-letters purge edge 0-65536", "webhook dead-letters purge edge --until 7d --yes");
    }

    private static Argument<string[]> Ids() => new("ids") { Arity = ArgumentArity.ZeroOrMore, Description = "Which ones." };

    private static Option<bool> All() => new("--all") { Description = "All of them." };

    /// <summary>The API's filter as options.</summary>
    private sealed class Filter
    {
        private readonly Option<string?> _channel = new("--channel") { HelpName = "CHANNEL", Description = "Only of this channel." };
        private readonly Option<int?> _status = new("--status") { HelpName = "STATUS", Description = "Only those refused with this HTTP status." };
        private readonly Option<string?> _from = new("--from") { HelpName = "TIME", Description = $"Only those refused from this time on: {TimeText.Forms}." };
        private readonly Option<string?> _until = new("--until") { HelpName = "TIME", Description = "Only those refused before this time." };
        private readonly Option<string?> _text = new("--text") { HelpName = "TEXT", Description = "Only those with this in the reason or the receiver's answer." };

        public Command AddTo(Command command)
        {
            foreach (var option in (Option[])[_channel, _status, _from, _until, _text]) command.Options.Add(option);
            return command;
        }

        public DeadLetterChoice Read(ParseResult parsed)
        {
            var now = TimeProvider.System.GetUtcNow();
            return new DeadLetterChoice(
                parsed.GetValue(_channel), parsed.GetValue(_status), TimeText.Resolve(parsed.GetValue(_from), now), TimeText.Resolve(parsed.GetValue(_until), now), parsed.GetValue(_text));
        }
    }
}
