using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Tests.Delivery;

public sealed class LaneGaugesTests
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Gauges_OneLaneBehindAndOneNot_TellAgeAndRequestsByIntegration()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        await log.AppendAsync(1);
        var head = log.Reader.Bounds(0).Head;
        var behind = gauges.Add(new LaneId(new IntegrationId(1), 0), 0);
        gauges.Add(new LaneId(new IntegrationId(2), 0), head);
        behind.Taken(0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
        _time.Advance(TimeSpan.FromSeconds(90));

        Read(metrics).ShouldBe(
        [
            ("integration_oldest_undelivered_seconds", "1", 90), ("integration_oldest_undelivered_seconds", "2", 0),
            ("integration_requests_in_flight", "1", 1), ("integration_requests_in_flight", "2", 0),
        ]);

        behind.Left(0, head);
        gauges.Remove(new LaneId(new IntegrationId(2), 0));
        Read(metrics).ShouldBe([("integration_oldest_undelivered_seconds", "1", 0), ("integration_requests_in_flight", "1", 0)]);
    }

    [Fact]
    public async Task Gauges_EventNotYetTaken_IsAskedOfTheTail()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        gauges.Add(new LaneId(new IntegrationId(1), 0), 0);
        await log.AppendAsync(1);
        _time.Advance(TimeSpan.FromMinutes(10));

        Read(metrics)[0].Value.ShouldBeInRange(500, 600);
    }

    private static List<(string Name, string Integration, double Value)> Read(WebhookMetrics metrics)
    {
        var read = new List<(string, string, double)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == Meter(metrics) && instrument is ObservableGauge<double>) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => read.Add((instrument.Name, (string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. read.Order()];
    }

    // Other specs of the process have meters of the same name.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_meter")]
    private static extern ref Meter Meter(WebhookMetrics metrics);
}
