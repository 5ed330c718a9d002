using System.CommandLine;
using System.Globalization;
using Webhook.Actors.EventLog;
using Webhook.Server.Client;
using Webhook.Server.Client.Output;
using Webhook.Server.LogTools;

namespace Webhook.Server.Commands;

/// <summary><c>webhook log</c>: the event log of a server that does not run.</summary>
internal static class LogCommand
{
    private const int DefaultCount = 10;

    public static Command Create() => new Command("log", "Looks into the event log of a server that does not run, checks it and repairs it.")
    {
        Inspect(), Verify(), Repair(),
    }.WithExamples("webhook log inspect --data /var/lib/webhook", "webhook log verify --data /var/lib/webhook", "webhook log repair --data /var/lib/webhook --dry-run");

    private static Command Inspect()
    {
        var events = new Option<string?>("--events")
        {
            HelpName = "FROM",
            Description = "Instead print events, one a line, from this sequence on: 65536, or as dead letters have it: 0-65536. 0 begins at the first.",
        };
        var count = new Option<long>("--count") { HelpName = "N", Description = $"With --events: at most so many; {DefaultCount} by default.", DefaultValueFactory = static _ => DefaultCount };
        events.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && SequenceOf(text) is null) result.AddError($"--events is '{text}'; it takes a sequence such as 65536 or 0-65536.");
        });
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--count is at least 1.");
        });
        return new Command("inspect", "What is in it: events by channel, where the integrations and inputs are, dead letters, files. Changes nothing.") { events, count }
            .OnLog((data, output, parsed, cancellation) => parsed.GetValue(events) is { } from
                ? InspectRun.EventsAsync(data, SequenceOf(from)!.Value, parsed.GetValue(count), output, cancellation)
                : InspectRun.OverviewAsync(data, output, cancellation))
            .WithExamples("webhook log inspect", "webhook log inspect --data /var/lib/webhook --json", "webhook log inspect --events 0 --count 20", "webhook log inspect --events 0-131072 --count 1 --json");
    }

    private static Command Verify() => new Command("verify", "Reads everything and checks it; says what is damaged and how many events that costs, and ends with 1 if anything is. Changes nothing.")
        .OnLog((data, output, _, cancellation) => VerifyRun.RunAsync(data, output, cancellation))
        .WithExamples("webhook log verify", "webhook log verify --data /var/lib/webhook --json");

    private static Command Repair()
    {
        var (dryRun, yes) = (new Option<bool>("--dry-run") { Description = "Only say what a repair costs." }, IntegrationsCommand.Yes());
        return new Command("repair", "Mends what is damaged, as the start of a server does, and keeps the files as they were in a folder beside the log. Says first what will be lost, and asks.") { dryRun, yes }
            .OnLog((data, output, parsed, cancellation) => RepairRun.RunAsync(
                new RepairArguments(data, parsed.GetValue(dryRun), parsed.GetValue(yes)), output, parsed.InvocationConfiguration.Error, TimeProvider.System, cancellation))
            .WithExamples("webhook log repair --dry-run", "webhook log repair --data /var/lib/webhook", "webhook log repair --data /var/lib/webhook --yes --json");
    }

    private static Command OnLog(this Command command, Func<string, ClientOutput, ParseResult, CancellationToken, Task<int>> run)
    {
        var data = new Option<string>("--data") { HelpName = "DIR", Description = "The data folder, as serve takes it, or the log's own folder.", DefaultValueFactory = static _ => "./data" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text." };
        command.Options.Add(data);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var io = parsed.InvocationConfiguration;
            // A look that is broken off takes its view away first.
            using var stop = new StopSignal(cancellation);
            try
            {
                return await run(parsed.GetRequiredValue(data), new ClientOutput(io.Output, parsed.GetValue(json)), parsed, stop.Token);
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                return ClientFailure.Failed("broken off").Report(io.Error);
            }
            catch (ClientFailure failure)
            {
                return failure.Report(io.Error);
            }
        });
        return command;
    }

    private static long? SequenceOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence
        : DeadLetterId.TryParse(text, out var id) && id.Partition == 0 ? id.Sequence
        : null;
}
