using System.CommandLine;
using System.Globalization;

namespace Webhook.Load;

/// <summary><c>isolation</c>: fails when sick integrations cost the healthy ones more than they may.</summary>
internal static class IsolationCommand
{
    public static Command Create(Option<string> server, Option<string> key, Option<string> adminToken, Option<int> listen, Option<int> batchDelay, Option<int> bytes)
    {
        var healthy = new Option<int>("--healthy") { Description = "Healthy integrations, all to the one receiver.", DefaultValueFactory = _ => 25 };
        var sick = new Option<int>("--sick") { Description = "Sick integrations of each kind: dead, black hole, slow, failing, refusing.", DefaultValueFactory = _ => 5 };
        var rate = new Option<int>("--rate") { Description = "Events a second.", DefaultValueFactory = _ => 2000 };
        var seconds = new Option<int>("--seconds") { Description = "How long each phase is measured.", DefaultValueFactory = _ => 30 };
        var pairs = new Option<int>("--pairs") { Description = "How often alone and mixed alternate.", DefaultValueFactory = _ => 2 };
        var maxRatio = new Option<double>("--max-ratio") { Description = "Highest p99 of the healthy ones, mixed to alone.", DefaultValueFactory = _ => 1.5 };
        var command = new Command("isolation", "Latency from when an event is due to its arrival at healthy receivers, alone and beside as many dead, slow and refusing ones; exit 1 above the ratio.")
        {
            server, key, adminToken, listen, batchDelay, bytes, healthy, sick, rate, seconds, pairs, maxRatio,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = new Uri(parsed.GetRequiredValue(server));
            var token = parsed.GetRequiredValue(adminToken);
            await using var receiver = await LatencyReceiver.StartAsync(parsed.GetValue(listen));
            await using var integrations = await LoadIntegration.CreateAsync(
                address, token, Enumerable.Repeat(receiver.Address, parsed.GetValue(healthy)), parsed.GetValue(batchDelay));
            using var load = new SteadyLoad(address, parsed.GetRequiredValue(key), parsed.GetValue(rate), parsed.GetValue(bytes));
            var run = new IsolationRun(address, token, parsed.GetValue(batchDelay), load, receiver, parsed.GetValue(healthy));
            var phases = await run.RunAsync(parsed.GetValue(pairs), parsed.GetValue(sick), TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.WriteLine, cancellation);
            return Judge(phases, load.Refused, parsed.GetValue(maxRatio));
        });
        return command;
    }

    private static int Judge(IReadOnlyList<IsolationPhase> phases, long refused, double maxRatio)
    {
        var (alone, mixed) = (Median(phases.Where(p => !p.IsMixed)), Median(phases.Where(p => p.IsMixed)));
        var missing = phases.Sum(p => p.Missing);
        var isGood = mixed <= alone * maxRatio && missing == 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p99 alone {alone:F1} ms, mixed {mixed:F1} ms (medians): ratio {mixed / alone:F2}, at most {maxRatio}; {refused:N0} requests refused, {missing:N0} deliveries missing: {(isGood ? "passed" : "FAILED")}"));
        return isGood ? 0 : 1;
    }

    private static double Median(IEnumerable<IsolationPhase> phases)
    {
        var sorted = phases.Select(p => p.P99).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
