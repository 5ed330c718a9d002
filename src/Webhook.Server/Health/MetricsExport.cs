using Prometheus;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.Health;

/// <summary>The forwarder's meter and the runtime's numbers in Prometheus' format.</summary>
/// <remarks>Listens from the start of the program on: what is counted before anyone listens is gone.</remarks>
internal sealed class MetricsExport : IDisposable
{
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] Counts = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 65_536];

    /// <summary>A number that does not change for longer is left out until it does; the library allows no more.</summary>
    private static readonly TimeSpan LongestUnchanged = TimeSpan.FromDays(1);

    private readonly IDisposable _listening;

    public MetricsExport()
    {
        DotNetStats.Register(Registry);
        _listening = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = Registry,
            MetricFactory = Metrics.WithCustomRegistry(Registry),
            MetricsExpireAfter = LongestUnchanged,
            InstrumentFilterPredicate = static instrument => instrument.Meter.Name == WebhookMetrics.MeterName,
            ResolveHistogramBuckets = static instrument => instrument.Unit == "s" ? Seconds : Counts,
        });
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public void Dispose() => _listening.Dispose();
}
