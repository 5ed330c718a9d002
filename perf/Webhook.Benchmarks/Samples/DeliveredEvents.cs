using System.Diagnostics.Metrics;
using Webhook.Actors.Telemetry;

namespace Webhook.Benchmarks.Samples;

/// <summary>Tells when receivers have answered for so many events, by the product's own counter. Listens to every instrument, as a server does whose metrics are read.</summary>
internal sealed class DeliveredEvents : IDisposable
{
    private const string Counter = "events_delivered_total";

    private readonly MeterListener _listener = new();
    private TaskCompletionSource _all = new();
    private long _missing;

    public DeliveredEvents()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == WebhookMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            if (instrument.Name == Counter && Interlocked.Add(ref _missing, -count) == 0) _all.SetResult();
        });
        _listener.Start();
    }

    /// <summary>One at a time.</summary>
    public Task Await(int events)
    {
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _missing, events);
        return _all.Task;
    }

    public void Dispose() => _listener.Dispose();
}
