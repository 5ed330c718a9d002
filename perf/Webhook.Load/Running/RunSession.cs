using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Measuring;
using Webhook.Load.Receiving;
using Webhook.Load.Reporting;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>Puts a run together, from receiver to integrations, and takes it down again.</summary>
internal static class RunSession
{
    /// <exception cref="ScenarioException">A secret is missing, or an option is wrong.</exception>
    /// <exception cref="TargetException">Target or receiver cannot be reached, or do not do what the run needs.</exception>
    public static async Task<RunResult> RunAsync(Scenario scenario, RunOptions options, IRunView view, TimeProvider time, CancellationToken cancellation)
    {
        var target = options.Resolve(scenario.Target);
        using var observer = Observe(options, target);
        await using var host = options.Receiver is null ? await ListenAsync(options.ListenPort) : null;
        using var receiver = new ReceiverClient(host?.Control ?? options.Receiver!);
        var integrations = scenario.Integrations.Count;
        var endpoints = await EndpointsAsync(receiver, integrations, cancellation);
        await using var product = target.Product is { } api ? await ProductIntegrations.CreateAsync(api, endpoints, scenario.Integrations.Delivery, cancellation) : null;
        if (product is null) await AwaitFirstAsync(scenario, target.Ingest, receiver, endpoints, options.WaitFor, view, cancellation);

        var run = EventTag.NewRun();
        await receiver.BeginAsync(run, integrations, scenario.Events.PoisonEvery, cancellation);
        using var generator = new LoadGenerator(target.Ingest, scenario.Events, run);
        var startedAt = time.GetLocalNow();
        var record = await new LoadRun(scenario, generator, receiver, product, observer, view).RunAsync(cancellation);
        var described = new TargetResult(
            target.Ingest.Address.GetLeftPart(UriPartial.Path), target.Product is null ? "none" : "webhook", observer.ProcessName, options.Process, observer.IsDotNet);
        return RunSummary.Create(scenario, record, described, startedAt);
    }

    /// <summary>
    /// A program that we cannot configure: says what its operator must make it do, and sends single events until each integration's first has come.
    /// </summary>
    private static async Task AwaitFirstAsync(
        Scenario scenario, IngestTarget target, ReceiverClient receiver, IReadOnlyList<Uri> endpoints, TimeSpan deadline, IRunView view, CancellationToken cancellation)
    {
        view.Say($"Make the program under test deliver what it takes in at {target.Address} to:");
        foreach (var endpoint in endpoints) view.Say($"  {endpoint}");
        view.Say(string.Create(CultureInfo.InvariantCulture, $"Waiting up to {deadline.TotalSeconds:N0} s for the first event to arrive there …"));

        var probe = EventTag.NewRun();
        await receiver.BeginAsync(probe, endpoints.Count, 0, cancellation);
        using var generator = new LoadGenerator(target, scenario.Events with { PerRequest = 1 }, probe);
        var counts = new SendCounts();
        var until = Clock.Micros + deadline.ToMicros();
        while (Clock.Micros < until)
        {
            await generator.RunAsync(new PhaseLoad(TimeSpan.FromSeconds(1), 1, new Rate(1, 1)), counts, cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation);
            if (await HaveAllSeenAsync(receiver, endpoints.Count, cancellation)) return;
        }

        var failures = string.Join(", ", counts.Failures.Select(failure => string.Create(CultureInfo.InvariantCulture, $"{failure.Value} × {failure.Key}")));
        throw new TargetException(string.Create(CultureInfo.InvariantCulture,
            $"Of {counts.Sent} single events sent to {target.Address} {counts.Acknowledged} were acknowledged{(failures.Length > 0 ? $" ({failures})" : "")}, and not every receiver had one within {deadline.TotalSeconds:N0} s; does the program deliver to the addresses above? --wait-for gives it longer"));
    }

    private static async Task<bool> HaveAllSeenAsync(ReceiverClient receiver, int integrations, CancellationToken cancellation)
    {
        for (var i = 0; i < integrations; i++)
        {
            if ((await receiver.SeenAsync(i, cancellation)).Count == 0) return false;
        }

        return true;
    }

    /// <summary>One for each integration.</summary>
    public static async Task<IReadOnlyList<Uri>> EndpointsAsync(ReceiverClient receiver, int integrations, CancellationToken cancellation)
    {
        try
        {
            var hook = await receiver.DeliveriesAsync(cancellation);
            return [.. Enumerable.Range(0, integrations).Select(i => new Uri(string.Create(CultureInfo.InvariantCulture, $"{hook}/{i}")))];
        }
        catch (HttpRequestException e)
        {
            throw new TargetException($"The receiver does not answer: {e.Message}. Start it with 'receive', and give the control address that it prints to --receiver");
        }
    }

    /// <summary>A receiver in this process.</summary>
    public static async Task<ReceiverHost> ListenAsync(int port)
    {
        try
        {
            return await ReceiverHost.StartAsync(new IPEndPoint(IPAddress.Loopback, port), 0);
        }
        catch (SocketException e)
        {
            throw new TargetException(string.Create(CultureInfo.InvariantCulture, $"The receiver cannot listen on 127.0.0.1:{port}: {e.Message}; take another port with --listen, 0 for any that is free"));
        }
    }

    private static Observer Observe(RunOptions options, RunTarget target)
    {
        try
        {
            return Observer.Create(options.Process, target.Metrics, target.SyncsMetric);
        }
        catch (ArgumentException)
        {
            throw new TargetException($"--process {options.Process}: there is no such process");
        }
    }
}
