using System.CommandLine;
using System.Globalization;
using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Isolation;
using Webhook.Load.Receiving;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Commands;

/// <summary><c>isolation</c>: fails when sick integrations cost the healthy ones more than they may.</summary>
internal static class IsolationCommand
{
    // Requests as often as every 10 ms: less often, and the load comes in gulps; more often, and they cost more than what they carry.
    private const int RequestsPerSecond = 100;

    public static Command Create()
    {
        var server = AddressOption.Create("--server", "Our product's address.", "http://127.0.0.1:8080");
        var listen = new Option<int>("--listen") { Description = "Port of the healthy ones' receiver on loopback.", DefaultValueFactory = _ => Scenario.DefaultPort };
        var batchDelay = new Option<int>("--batch-delay") { Description = "maxBatchDelayMs of the integrations.", DefaultValueFactory = _ => 50 };
        var bytes = new Option<int>("--bytes") { Description = "Bytes an event.", DefaultValueFactory = _ => 652 };
        var healthy = new Option<int>("--healthy") { Description = "Healthy integrations, all to the one receiver.", DefaultValueFactory = _ => 25 };
        var sick = new Option<int>("--sick") { Description = "Sick integrations of each kind: dead, black hole, slow, failing, refusing.", DefaultValueFactory = _ => 5 };
        var rate = new Option<int>("--rate") { Description = "Events a second.", DefaultValueFactory = _ => 2000 };
        var seconds = new Option<int>("--seconds") { Description = "How long each phase is measured.", DefaultValueFactory = _ => 30 };
        var pairs = new Option<int>("--pairs") { Description = "How often alone and mixed alternate.", DefaultValueFactory = _ => 2 };
        var maxRatio = new Option<double>("--max-ratio") { Description = "Highest p99 of the healthy ones, mixed to alone.", DefaultValueFactory = _ => 1.5 };
        var command = new Command("isolation", "Latency from when an event is due to its arrival at healthy receivers, alone and beside as many dead, slow and refusing ones; exit 1 above the ratio.")
        {
            server, listen, batchDelay, bytes, healthy, sick, rate, seconds, pairs, maxRatio,
        };
        command.SetAction((parsed, cancellation) => Guarded.RunAsync(async () =>
        {
            var options = new RunOptions(parsed.GetValue(server)!, null, [], null, parsed.GetValue(listen), null, null, null, TimeSpan.Zero);
            var target = options.Resolve(TargetSetting.None);
            await using var host = await RunSession.ListenAsync(options.ListenPort);
            using var receiver = new ReceiverClient(host.Control);
            var delivery = new Dictionary<string, string> { ["maxBatchDelayMs"] = parsed.GetValue(batchDelay).ToString(CultureInfo.InvariantCulture) };
            var endpoints = await RunSession.EndpointsAsync(receiver, parsed.GetValue(healthy), cancellation);
            await using var integrations = await ProductIntegrations.CreateAsync(target.Product!, endpoints, delivery, cancellation);
            var events = parsed.GetValue(rate);
            var name = EventTag.NewRun();
            await receiver.BeginAsync(name, endpoints.Count, 0, cancellation);
            using var generator = new LoadGenerator(target.Ingest, new EventShape(parsed.GetValue(bytes), Math.Max(1, events / RequestsPerSecond)), name);
            var run = new IsolationRun(target.Product!, delivery, name, generator, new Rate(events, events), receiver, endpoints.Count);
            var phases = await run.RunAsync(parsed.GetValue(pairs), parsed.GetValue(sick), TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.WriteLine, cancellation);
            return Judge(phases, run.Refused, parsed.GetValue(maxRatio));
        }));
        return command;
    }

    private static int Judge(IReadOnlyList<IsolationPhase> phases, long refused, double maxRatio)
    {
        var (alone, mixed) = (Median(phases.Where(p => !p.IsMixed)), Median(phases.Where(p => p.IsMixed)));
        var missing = phases.Sum(p => p.Missing);
        var isGood = mixed <= alone * maxRatio && missing == 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p99 alone {alone:F1} ms, mixed {mixed:F1} ms (medians): ratio {mixed / alone:F2}, at most {maxRatio}; {refused:N0} requests refused, {missing:N0} deliveries missing: {(isGood ? "passed" : "FAILED")}"));
        return isGood ? ExitCode.Passed : ExitCode.Failed;
    }

    private static double Median(IEnumerable<IsolationPhase> phases)
    {
        var sorted = phases.Select(p => p.P99).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
