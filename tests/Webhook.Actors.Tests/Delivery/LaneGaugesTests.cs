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
        behind.Taken(0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, eventsBefore: 0, window: 5);
        _time.Advance(TimeSpan.FromSeconds(90));

        Read(metrics).ShouldBe(
        [
            ("integration_oldest_undelivered_seconds", "1", 90), ("integration_oldest_undelivered_seconds", "2", 0),
            ("integration_requests_in_flight", "1", 1), ("integration_requests_in_flight", "2", 0),
            ("integration_window", "1", 5), ("integration_window", "2", 0),
        ]);

        behind.Left(0, head);
        gauges.Remove(new LaneId(new IntegrationId(2), 0));
        Read(metrics).ShouldBe([("integration_oldest_undelivered_seconds", "1", 0), ("integration_requests_in_flight", "1", 0), ("integration_window", "1", 5)]);
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

    [Fact]
    public async Task Stalled_EventsWaitAndNothingMoves_TellsSinceWhen()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        var lane = new LaneId(new IntegrationId(1), 0);
        await log.AppendAsync(1);
        var gauge = gauges.Add(lane, 0);
        gauge.Taken(0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, 0, 1);
        _time.Advance(TimeSpan.FromSeconds(90));

        gauges.Stalled(TimeSpan.FromSeconds(91)).ShouldBeEmpty();
        gauges.Stalled(TimeSpan.FromSeconds(90)).ShouldBe([new StalledLane(lane, TimeSpan.FromSeconds(90))]);
        gauge.Left(0, log.Reader.Bounds(0).Head);
        gauges.Stalled(TimeSpan.Zero).ShouldAllBe(static l => l.For == TimeSpan.Zero);
    }

    [Fact]
    public async Task Stalled_EventAfterALongPause_IsNotOld()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        gauges.Add(new LaneId(new IntegrationId(1), 0), log.Reader.Bounds(0).Head).Taken(log.Reader.Bounds(0).Head, (_time.GetUtcNow().AddHours(5) - DateTimeOffset.UnixEpoch).Ticks * 100, 0, 1);
        _time.Advance(TimeSpan.FromHours(5));
        await log.AppendAsync(1);

        gauges.Stalled(TimeSpan.FromSeconds(1)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stalled_RunsThatFailOneAfterTheOther_HaveNotMovedInBetween()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        var lane = new LaneId(new IntegrationId(1), 0);
        await log.AppendAsync(1);
        for (var run = 0; run < 4; run++)
        {
            gauges.Add(lane, 0).Taken(0, (_time.GetUtcNow().AddHours(-1) - DateTimeOffset.UnixEpoch).Ticks * 100, 0, 1);
            _time.Advance(TimeSpan.FromSeconds(30));
            gauges.Remove(lane);
        }

        gauges.Add(lane, 0).Taken(0, (_time.GetUtcNow().AddHours(-1) - DateTimeOffset.UnixEpoch).Ticks * 100, 0, 1);
        gauges.Stalled(TimeSpan.FromSeconds(1)).ShouldBe([new StalledLane(lane, TimeSpan.FromSeconds(120))]);

        gauges.Remove(lane);
        _time.Advance(TimeSpan.FromHours(1));
        gauges.Add(lane, 0);
        gauges.Stalled(TimeSpan.FromSeconds(1)).ShouldBeEmpty("it was disabled meanwhile");
    }

    [Fact]
    public async Task Snapshot_LaneBehind_CountsTheEventsOfTheLogThatItIsNotPast()
    {
        await using var log = new TestLog();
        using var metrics = new WebhookMetrics();
        var gauges = new LaneGauges(log.Reader, _time, metrics);
        await log.AppendAsync(5);
        var second = log.Reader.Bounds(0).Head;
        await log.AppendAsync(3);
        var id = new IntegrationId(1);
        var gauge = gauges.Add(new LaneId(id, 0), log.Reader.Bounds(0).Tail + 2);
        gauges.Snapshot()[id].ShouldBe(gauges.Snapshot()[id] with { Backlog = 6, RequestsInFlight = 0, Window = 0 }, "told by the tail, in the middle of a block");

        gauge.Taken(log.Reader.Bounds(0).Tail + 2, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, eventsBefore: 2, window: 4);
        _time.Advance(TimeSpan.FromSeconds(9));
        gauges.Snapshot()[id].ShouldBe(new LaneSnapshot(TimeSpan.FromSeconds(9), 6, 1, 4));

        gauge.Left(log.Reader.Bounds(0).Tail + 2, second);
        gauges.Snapshot()[id].Backlog.ShouldBe(3);
        gauge.Taken(second, 1, eventsBefore: 5, window: 4);
        gauge.Left(second, log.Reader.Bounds(0).Head);
        gauges.Snapshot()[id].ShouldBe(new LaneSnapshot(TimeSpan.Zero, 0, 0, 4));

        gauges.Remove(new LaneId(id, 0));
        gauges.Snapshot().ShouldBeEmpty();
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
