using System.CommandLine;
using System.CommandLine.Parsing;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook replay</c>: what was delivered, once more.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var integration = IntegrationsCommand.Named();
        var from = new Option<string?>("--from") { HelpName = "TIME", Description = $"Events stored from this time on: {TimeText.Forms}." };
        var position = new Option<string?>("--position") { HelpName = "POSITION", Description = "Events from this position on, written partition-sequence, for example 0-65536." };
        var until = new Option<string?>("--until") { HelpName = "TIME", Description = "Events stored before this time; without it all that is delivered." };
        var rate = new Option<double?>("--max-requests-per-second") { HelpName = "N", Description = "0.01 to 10000; 10 by default." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count the events." };
        var stop = new Option<bool>("--stop") { Description = "End the replay that is under way." };

        var command = new Command("replay", "Sends events that were delivered once more, beside the live delivery.") { integration, from, position, until, rate, dryRun, stop };
        command.Validators.Add(parsed =>
        {
            Option[] ways = [from, position, stop];
            if (ways.Count(way => parsed.GetResult(way) is OptionResult { Implicit: false }) != 1)
                parsed.AddError("Say where to begin, with --from or --position, or --stop; one of them.");
        });
        return command.OnServer((session, parsed, cancellation) =>
        {
            var (replay, name) = (new ReplayClient(session), parsed.GetRequiredValue(integration));
            return parsed.GetValue(stop)
                ? replay.StopAsync(name, cancellation)
                : replay.StartAsync(
                    name, parsed.GetValue(from) ?? parsed.GetRequiredValue(position)!, parsed.GetValue(until), parsed.GetValue(rate), parsed.GetValue(dryRun), cancellation);
        }).WithExamples(
            "webhook replay edge --from 2h --dry-run",
            "webhook replay edge --from 2026-11-24T10:00:00Z --until 2026-11-24T11:00:00Z --max-requests-per-second 50",
            "webhook replay edge --position 0-65536",
            "webhook replay edge --stop");
    }
}
