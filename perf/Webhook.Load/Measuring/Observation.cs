using Webhook.Load.Receiving;

namespace Webhook.Load.Measuring;

/// <summary>Everything that grows, read at one moment; figures are differences of two.</summary>
internal sealed record Observation(
    long At, long Sent, long Acknowledged, ReceiverStatus Receiver, ProcessUse? Process, TimeSpan Tool, TimeSpan? Machine, double? Allocated, double? GcPercent, double? Heap, double? Syncs);

/// <summary>The program under test and the machine.</summary>
internal sealed class Observer(ProcessProbe? process, DotNetCounters? dotNet, MetricsPage? syncs) : IDisposable
{
    public string? ProcessName => process?.Name;

    public bool IsDotNet => dotNet is not null;

    /// <exception cref="ArgumentException">There is no such process.</exception>
    public static Observer Create(int? processId, Uri? metrics, string? syncsMetric) => new(
        processId is { } id ? new ProcessProbe(id) : null,
        processId is { } net ? DotNetCounters.TryObserve(net) : null,
        metrics is not null && syncsMetric is not null ? new MetricsPage(metrics, syncsMetric) : null);

    public async Task<Observation> ReadAsync(long sent, long acknowledged, ReceiverClient receiver, CancellationToken cancellation)
    {
        var status = await receiver.StatusAsync(cancellation);
        var counted = syncs is null ? null : await syncs.ReadAsync(cancellation);
        var net = dotNet?.Read();
        return new Observation(
            Clock.Micros, sent, acknowledged, status, process?.Read(), Environment.CpuUsage.TotalTime, MachineCpu.Busy(), net?.AllocatedBytes, net?.GcPercent, net?.HeapBytes, counted);
    }

    public void Dispose()
    {
        process?.Dispose();
        dotNet?.Dispose();
        syncs?.Dispose();
    }
}
