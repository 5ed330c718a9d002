using System.CommandLine;
using System.Globalization;
using System.Net;
using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Receiving;

namespace Webhook.Load.Commands;

/// <summary><c>self-test</c>: what generator and receiver can do with nothing between them, which bounds what a run can show.</summary>
internal static class SelfTestCommand
{
    private static readonly (int PerRequest, int Connections)[] Standard = [(1000, 4), (100, 16), (1, 64)];

    // For the code to be compiled as it stays.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "How long each measurement takes.", DefaultValueFactory = _ => 5 };
        var bytes = new Option<int>("--bytes") { Description = "Bytes an event.", DefaultValueFactory = _ => 652 };
        var events = new Option<int?>("--events") { Description = "Events a request; by default 1000, 100 and 1, one after the other." };
        var connections = new Option<int?>("--connections") { Description = "Requests in flight; by default 4, 16 and 64." };
        var command = new Command("self-test", "Sends straight to the tool's own receiver: how fast tool and machine are with no forwarder between.") { seconds, bytes, events, connections };
        command.SetAction((parsed, cancellation) => Guarded.RunAsync(async () =>
        {
            var isGood = true;
            foreach (var (perRequest, inFlight) in Standard.Where(s => parsed.GetValue(events) is not { } only || s.PerRequest == only).DefaultIfEmpty((parsed.GetValue(events) ?? 1, 16)))
            {
                isGood &= await MeasureAsync(
                    new EventShape(parsed.GetValue(bytes), perRequest), parsed.GetValue(connections) ?? inFlight, TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation);
            }

            return isGood ? ExitCode.Passed : ExitCode.Failed;
        }));
        return command;
    }

    private static async Task<bool> MeasureAsync(EventShape shape, int connections, TimeSpan duration, CancellationToken cancellation)
    {
        await using var host = await ReceiverHost.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), 0);
        using var receiver = new ReceiverClient(host.Control);
        var run = EventTag.NewRun();
        await receiver.BeginAsync(run, 1, 0, cancellation);
        using var generator = new LoadGenerator(new IngestTarget(host.Deliveries, new Dictionary<string, string>()), shape, run);
        await receiver.BeginPhaseAsync(Fault.None, cancellation);
        await generator.RunAsync(new PhaseLoad(WarmUp, connections), new SendCounts(), cancellation);
        var before = (await receiver.StatusAsync(cancellation)).Distinct;
        var counts = new SendCounts();
        var started = Clock.Micros;
        var cpu = Environment.CpuUsage.TotalTime;
        await generator.RunAsync(new PhaseLoad(duration, connections), counts, cancellation);
        var took = (Clock.Micros - started) / 1e6;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        var status = await receiver.StatusAsync(cancellation);
        var latencies = generator.Latencies.Phases()[^1];
        var arrived = status.Distinct - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{shape.PerRequest,5} events a request, {connections,3} connections: {arrived / took / 1e3,8:N0} k events/s, {counts.Requests / took,8:N0} requests/s, p50 {latencies.GetValueAtPercentile(50) / 1e3:F2} ms, p99 {latencies.GetValueAtPercentile(99) / 1e3:F2} ms, {cpu.TotalSeconds / took:F2} cores; {counts.Acknowledged - arrived} missing, {status.Duplicates} duplicates, {status.Reordered} out of order"));
        return arrived == counts.Acknowledged && status is { Duplicates: 0, Reordered: 0 };
    }
}
