using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Tests.EventLog;

public sealed class RetentionActorSpecs : TestKit, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly LogFixture _fixture;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _lost = new();

    public RetentionActorSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _fixture = new LogFixture(o => o.RetentionAge = TimeSpan.FromHours(1), _time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == WebhookMetrics.MeterName && instrument.Name == "events_lost_total") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            // Every reason is told with 0 at the start.
            if (value > 0) _lost.AddOrUpdate((string)tags[0].Value!, value, (_, n) => n + value);
        });
        _listener.Start();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        Shutdown();
        await _fixture.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public async Task Drops_what_every_integration_is_done_with()
    {
        await AppendAsync(5);
        await SaveAsync(1, Sequence(4));
        await SaveAsync(2, Sequence(3));
        await TickUntilTailAsync(Sequence(3));
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_any_integration_everything_is_dropped_and_nothing_is_lost()
    {
        await AppendAsync(5);
        await TickUntilTailAsync(Sequence(6));
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_too_old_is_dropped_counted_and_named()
    {
        await AppendAsync(2);
        _time.Advance(TimeSpan.FromMinutes(50));
        await AppendAsync(1);
        await SaveAsync(1, Sequence(1));
        await SaveAsync(2, Sequence(2));
        _time.Advance(TimeSpan.FromMinutes(20));
        await EventFilter.Warning(contains: "Retention by age dropped 20 events of partition 0 that were not delivered: integration 1: 20, integration 2: 10").ExpectOneAsync(
            () => TickUntilTailAsync(Sequence(3)));
        _lost.ShouldBe([new KeyValuePair<string, long>("retention_age", 20)]);
    }

    [Fact]
    public async Task What_makes_the_log_too_large_is_dropped_and_counted()
    {
        await AppendAsync(10);
        await SaveAsync(1, Sequence(3) + 5);
        _fixture.Options.RetentionBytes = _fixture.Log.Bounds(0).Bytes / 10 * 4;
        await EventFilter.Warning(contains: "Retention by size dropped 35 events").ExpectOneAsync(() => TickUntilTailAsync(Sequence(7)));
        _lost.ShouldBe([new KeyValuePair<string, long>("retention_size", 35)]);
    }

    [Fact]
    public async Task An_expired_idempotency_key_is_forgotten()
    {
        var key = new IdempotencyKey(5);
        await _fixture.AppendAsync(0, key: key, bodyHash: 1);
        _time.Advance(_fixture.Options.IdempotencyAge + TimeSpan.FromMinutes(1));
        var retention = Start();
        await Eventually.BecomesTrueAsync(
            async ValueTask<bool> () =>
            {
                await TickAsync(retention);
                return await _fixture.Log.FindAsync(key, CancellationToken.None) is null;
            },
            () => "the key is still there");
    }

    [Fact]
    public async Task A_trim_that_fails_is_tried_again()
    {
        await AppendAsync(2);
        _fixture.Log.FailNextTrimWith = new EventLogException("disk");
        await EventFilter.Warning(start: "The event log could not be trimmed").ExpectOneAsync(() => TickUntilTailAsync(Sequence(3)));
    }

    private static long Sequence(long block) => EventBlock.ToSequence(block, 0);

    private async Task AppendAsync(int blocks)
    {
        for (var i = 0; i < blocks; i++) await _fixture.AppendAsync(0, 10);
    }

    private ValueTask SaveAsync(long integration, long sequence) => _fixture.Store.SaveAsync(new CursorKey(integration, 0), Cursor.At(sequence), CancellationToken.None);

    private IActorRef Start() =>
        Sys.ActorOf(Props.Create(() => new RetentionActor(_fixture.Log, _fixture.Store, _fixture.Options, _fixture.Metrics, _time)));

    private Task TickUntilTailAsync(long tail)
    {
        var retention = Start();
        return Eventually.BecomesTrueAsync(
            async ValueTask<bool> () =>
            {
                await TickAsync(retention);
                return _fixture.Log.Bounds(0).Tail == tail;
            },
            () => $"the log begins at {_fixture.Log.Bounds(0).Tail} and not at {tail}");
    }

    // One at a time: what is done would be told behind all that wait.
    private async Task TickAsync(IActorRef retention)
    {
        ((TestScheduler)Sys.Scheduler).Advance(_fixture.Options.RetentionInterval);
        await retention.Ask<ActorIdentity>(new Identify(null));
    }
}
