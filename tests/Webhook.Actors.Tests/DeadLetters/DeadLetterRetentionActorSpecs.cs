using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.DeadLetters;
using Webhook.Actors.EventLog;
using Webhook.Actors.Telemetry;
using Webhook.Actors.Tests.EventLog;

namespace Webhook.Actors.Tests.DeadLetters;

public sealed class DeadLetterRetentionActorSpecs : TestKit, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Letters.Start);
    private readonly DeadLetterOptions _options = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _expired = new();
    private readonly LogFixture _fixture;

    public DeadLetterRetentionActorSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _fixture = new LogFixture(time: _time);
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == WebhookMetrics.MeterName && instrument.Name == "dead_letters_expired_total") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _expired.AddOrUpdate((string)tags[0].Value!, value, (_, n) => n + value));
        _listener.Start();
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    public Task InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        Shutdown();
        await _fixture.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public void Defaults_AreThirtyDaysAndAHundredThousand() =>
        (_options.RetentionAge, _options.MaxPerIntegration).ShouldBe((TimeSpan.FromDays(30), 100_000));

    [Fact]
    public async Task What_is_too_old_is_dropped_counted_and_named()
    {
        await _fixture.Store.DeadLetters.AddAsync([.. Letters.Of(1..6), .. Letters.Of(1..3, 8)], CancellationToken.None);
        _time.Advance(_options.RetentionAge + TimeSpan.FromMinutes(4));
        var retention = Start();
        await EventFilter.Warning(start: "Retention dropped 3 dead letters of integration 7: older than 30.00:00:00, or beyond 100000.").ExpectOneAsync(
            () => PassUntilAsync(retention, DeadLetterRetentionActor.FirstAfter, () => _expired.Count == 2));
        _expired.ShouldBe(new Dictionary<string, long> { ["7"] = 3, ["8"] = 2 }, ignoreOrder: true);
        (await _fixture.Store.DeadLetters.SequencesAsync()).ShouldBe([4L, 5]);
        _fixture.Store.DeadLetters.Counts().Keys.ShouldBe([7L]);
    }

    [Fact]
    public async Task What_is_too_much_is_dropped_hour_by_hour()
    {
        _options.MaxPerIntegration = 2;
        await _fixture.Store.DeadLetters.AddAsync(Letters.Of(1..4), CancellationToken.None);
        var retention = Start();
        await PassUntilAsync(retention, DeadLetterRetentionActor.FirstAfter, () => _expired.GetValueOrDefault("7") == 1);
        await _fixture.Store.DeadLetters.AddAsync(Letters.Of(4..8), CancellationToken.None);
        await PassUntilAsync(retention, DeadLetterRetentionActor.Interval, () => _expired.GetValueOrDefault("7") == 5);
        (await _fixture.Store.DeadLetters.SequencesAsync()).ShouldBe([6L, 7]);
    }

    [Fact]
    public async Task A_failure_is_tried_again()
    {
        var store = new FailingOnce(_fixture.Store.DeadLetters);
        await store.Inner.AddAsync(Letters.Of(1..2), CancellationToken.None);
        _time.Advance(_options.RetentionAge + TimeSpan.FromDays(1));
        var retention = Start(store);
        await EventFilter.Warning(start: "Dead letters past their retention could not be dropped").ExpectOneAsync(
            () => PassUntilAsync(retention, DeadLetterRetentionActor.Interval, () => _expired.GetValueOrDefault("7") == 1));
    }

    private IActorRef Start(IDeadLetterStore? store = null) =>
        Sys.ActorOf(Props.Create(() => new DeadLetterRetentionActor(store ?? _fixture.Store.DeadLetters, _options, _fixture.Metrics, _time)));

    // One tick at a time: what is done would be told behind all that wait.
    private Task PassUntilAsync(IActorRef retention, TimeSpan step, Func<bool> done) => Eventually.BecomesTrueAsync(
        async ValueTask<bool> () =>
        {
            Scheduler.Advance(step);
            await retention.Ask<ActorIdentity>(new Identify(null));
            return done();
        },
        () => $"expired: {string.Join(", ", _expired)}");

    private sealed class FailingOnce(IDeadLetterStore inner) : IDeadLetterStore
    {
        private int _calls;

        public IDeadLetterStore Inner => inner;

        public ValueTask<IReadOnlyDictionary<long, long>> ExpireAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation) =>
            _calls++ == 0 ? throw new EventLogException("disk") : inner.ExpireAsync(olderThan, keepAtMost, cancellation);

        public ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) => inner.AddAsync(letters, cancellation);

        public ValueTask<DeadLetter?> FindAsync(long integration, DeadLetterId id, CancellationToken cancellation) => inner.FindAsync(integration, id, cancellation);

        public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(long integration, DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellation) =>
            inner.ListAsync(integration, filter, after, limit, cancellation);

        public ValueTask<long> CountAsync(long integration, DeadLetterFilter filter, CancellationToken cancellation) => inner.CountAsync(integration, filter, cancellation);

        public ValueTask<int> RemoveAsync(long integration, IReadOnlyList<DeadLetterId> ids, CancellationToken cancellation) => inner.RemoveAsync(integration, ids, cancellation);

        public ValueTask<long> RemoveAllAsync(long integration, CancellationToken cancellation) => inner.RemoveAllAsync(integration, cancellation);

        public IReadOnlyDictionary<long, long> Counts() => inner.Counts();
    }
}
