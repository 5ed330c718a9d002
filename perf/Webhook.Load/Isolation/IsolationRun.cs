using System.Globalization;
using Webhook.Load.Generating;
using Webhook.Load.Receiving;
using Webhook.Load.Running;

namespace Webhook.Load.Isolation;

/// <summary>How a phase went for the healthy integrations.</summary>
/// <param name="Missing">Deliveries that had not come 10 s after the last event was sent.</param>
internal sealed record IsolationPhase(bool IsMixed, double P50, double P99, long Deliveries, long Missing)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(IsMixed ? "mixed" : "alone")}  p50 {P50,8:F1} ms  p99 {P99,8:F1} ms  {Deliveries:N0} deliveries, {Missing:N0} missing");
}

/// <summary>
/// What sick integrations cost the healthy ones: measures the same load on the same healthy integrations alone, with as many sick ones, alone again, and so on,
/// so that the noise of the machine shows as the difference between phases of one kind.
/// </summary>
internal sealed class IsolationRun(
    ProductApi product, IReadOnlyDictionary<string, string> delivery, string run, LoadGenerator generator, Rate rate, ReceiverClient receiver, int healthy)
{
    private const int Connections = 64;

    // For a phase to begin as it will go on: connections, windows, and the first attempts that the sick ones lose.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly SendCounts _counts = new();
    private int _begun;

    /// <summary>Requests refused so far.</summary>
    public long Refused => _counts.Failures.Values.Sum();

    /// <returns>Alone, mixed, alone, …: one more alone than mixed.</returns>
    public async Task<IReadOnlyList<IsolationPhase>> RunAsync(int pairs, int sickOfEachKind, TimeSpan phase, Action<IsolationPhase> done, CancellationToken cancellation)
    {
        List<IsolationPhase> phases = [];
        await SendAsync(SettleTime, cancellation);
        for (var i = 0; i <= pairs; i++)
        {
            Add(await MeasureAsync(isMixed: false, phase, cancellation));
            if (i < pairs) Add(await MeasureMixedAsync(sickOfEachKind, phase, cancellation));
        }

        return phases;

        void Add(IsolationPhase measured)
        {
            phases.Add(measured);
            done(measured);
        }
    }

    private async Task<IsolationPhase> MeasureMixedAsync(int sickOfEachKind, TimeSpan phase, CancellationToken cancellation)
    {
        var receivers = await SickReceivers.StartAsync(run, sickOfEachKind);
        await using var integrations = await ProductIntegrations.CreateAsync(product, receivers.Endpoints, delivery, cancellation);

        // Ends before the integrations are deleted: nothing then waits for an answer that never comes.
        await using var sick = receivers;
        await sick.TurnSickAsync();
        return await MeasureAsync(isMixed: true, phase, cancellation);
    }

    private async Task<IsolationPhase> MeasureAsync(bool isMixed, TimeSpan phase, CancellationToken cancellation)
    {
        await SendAsync(SettleTime, cancellation);
        await SendAsync(phase, cancellation);
        var measured = _begun - 1;
        var expected = _counts.Acknowledged * healthy;
        var status = await receiver.WaitAsync(expected, Deadline, cancellation);
        var latencies = (await receiver.LatenciesAsync(cancellation))[measured];
        return new IsolationPhase(
            isMixed, latencies.GetValueAtPercentile(50) / 1e3, latencies.GetValueAtPercentile(99) / 1e3, latencies.TotalCount, Math.Max(0, expected - status.Distinct));
    }

    private async Task SendAsync(TimeSpan duration, CancellationToken cancellation)
    {
        await receiver.BeginPhaseAsync(Fault.None, cancellation);
        _begun++;
        await generator.RunAsync(new PhaseLoad(duration, Connections, rate), _counts, cancellation);
    }
}
