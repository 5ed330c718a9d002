using Webhook.Load.Generating;
using Webhook.Load.Measuring;
using Webhook.Load.Receiving;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>Runs a scenario's phases one after the other, waits until everything is delivered, and watches all the while.</summary>
internal sealed class LoadRun(Scenario scenario, LoadGenerator generator, ReceiverClient receiver, ProductIntegrations? product, Observer observer, IRunView view)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(250);

    // For what was delivered twice to come the second time.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(500);

    private readonly RunTimeline _timeline = new();
    private readonly List<SendCounts> _counts = [];

    /// <exception cref="TargetException">The product does not do what a phase asks for.</exception>
    public async Task<RunRecord> RunAsync(CancellationToken cancellation)
    {
        view.Begin(scenario);
        var phases = new List<PhaseRecord>();
        for (var i = 0; i < scenario.Phases.Count; i++) phases.Add(await RunPhaseAsync(i, cancellation));
        var (drained, verdict) = await DrainAsync(cancellation);
        await Task.Delay(QuietTime, cancellation);
        return new RunRecord(
            phases, drained, await receiver.StatusAsync(cancellation), verdict, _timeline, generator.Latencies.Phases(), generator.Lateness.Phases(), await receiver.LatenciesAsync(cancellation));
    }

    private async Task<PhaseRecord> RunPhaseAsync(int index, CancellationToken cancellation)
    {
        var phase = scenario.Phases[index];
        var counts = new SendCounts();
        _counts.Add(counts);
        await receiver.BeginPhaseAsync(phase.Receiver, cancellation);
        await ActAsync(phase.Integrations, cancellation);
        var from = await ObserveAsync(index, phase, 0, cancellation);
        var begun = Clock.Micros;
        var sending = generator.RunAsync(phase.Load, counts, cancellation);
        Observation to;
        do
        {
            await Task.WhenAny(sending, Task.Delay(Interval, cancellation));
            to = await ObserveAsync(index, phase, (Clock.Micros - begun) / phase.Load.Duration.TotalMicroseconds, cancellation);
        }
        while (!sending.IsCompleted);

        await sending;
        return new PhaseRecord(phase, counts, from, to);
    }

    private async Task<(Observation At, Verdict Verdict)> DrainAsync(CancellationToken cancellation)
    {
        // A receiver that was told to refuse poison goes on: what it refused may still be on its way.
        await receiver.BeginPhaseAsync(Fault.None with { Refuse = scenario.Phases[^1].Receiver.Refuse }, cancellation);
        var poison = scenario.RefusesPoison ? scenario.Events.PoisonEvery : 0;
        var expected = generator.Acknowledged.WithoutEvery(poison).Count * scenario.Integrations.Count;
        var begun = Clock.Micros;
        while (true)
        {
            var at = await ObserveAsync(scenario.Phases.Count, null, (Clock.Micros - begun) / Math.Max(1, scenario.DrainTimeout.TotalMicroseconds), cancellation);
            var isTimeUp = Clock.Micros - begun > scenario.DrainTimeout.ToMicros();
            if (at.Receiver.Distinct >= expected || isTimeUp)
            {
                var verdict = await Oracle.JudgeAsync(generator.Acknowledged, poison, receiver, scenario.Integrations.Count, cancellation);
                if (verdict.Missing == 0 || isTimeUp) return (at, verdict);
            }

            await Task.Delay(DrainInterval, cancellation);
        }
    }

    private async Task<Observation> ObserveAsync(int index, PhaseSetting? phase, double progress, CancellationToken cancellation)
    {
        var now = await observer.ReadAsync(_counts.Sum(c => c.Sent), _counts.Sum(c => c.Acknowledged), receiver, cancellation);
        var ack = generator.Latencies.TakeInterval();
        if (_timeline.Add(now, index, scenario.Integrations.Count, ack.P50, ack.P99) is { } sample) view.Show(phase, Math.Clamp(progress, 0, 1), sample);
        return now;
    }

    private Task ActAsync(IntegrationsAction action, CancellationToken cancellation)
    {
        if (action == IntegrationsAction.Keep) return Task.CompletedTask;
        if (product is null)
        {
            view.Say($"'integrations: {action.ToString().ToLowerInvariant()}' is for our own product's API and is left out here");
            return Task.CompletedTask;
        }

        return action switch
        {
            IntegrationsAction.Disable => product.DisableAsync(cancellation),
            IntegrationsAction.Enable => product.EnableAsync(cancellation),
            _ => product.TestAsync(cancellation),
        };
    }
}
