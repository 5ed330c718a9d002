using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.EventLog;

namespace Webhook.Actors.Tests.Delivery;

public sealed class DeliveryLogTests : IAsyncDisposable
{
    private static readonly IntegrationId Integration = new(7);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new(Letters.Start);
    private readonly StoreInMemory _store = new();
    private readonly WarningLines _warnings = new();
    private readonly DeliveryLogOptions _options = new() { MaxPerIntegration = 5 };
    private readonly DeliveryLog _log;

    public DeliveryLogTests() => _log = new DeliveryLog(_store, _options, _time, _warnings);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public void Defaults_AreTwoHundredAndSevenDays() =>
        (new DeliveryLogOptions().MaxPerIntegration, new DeliveryLogOptions().RetentionAge).ShouldBe((200, TimeSpan.FromDays(7)));

    [Fact]
    public async Task Add_StoredInOneGoASecondLaterAndReadBackWhole()
    {
        Add(1, 2);
        _log.Add(new IntegrationId(8), Attempt(3));
        _time.Advance(Second - TimeSpan.FromMilliseconds(1));
        _store.Appends.ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await StoredAsync(7, 2);
        await StoredAsync(8, 1);
        _store.Appends.ShouldBe(2);

        var read = await ListAsync();
        read.Select(a => a.Attempt).ShouldBe([2, 1]);
        (read[0] with { RequestHeaders = [] }).ShouldBe(Attempt(2) with { StartedAt = Letters.Start, RequestHeaders = [] });
        read[0].RequestHeaders.ShouldBe(Attempt(2).RequestHeaders);

        // Nothing waits: nothing is written any more.
        _time.Advance(TimeSpan.FromMinutes(1));
        _store.Appends.ShouldBe(2);
    }

    [Fact]
    public async Task ListAsync_StoredAndWaiting_NewestFirstAndEachOnce()
    {
        Add(1, 2, 3);
        _time.Advance(Second);
        await StoredAsync(7, 3);
        Add(4);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([4, 3, 2, 1]);
        (await ListAsync(limit: 2)).Select(a => a.Attempt).ShouldBe([4, 3]);
        Add(5, 6, 7);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([7, 6, 5, 4, 3], "of all of them the newest are kept");
    }

    [Fact]
    public async Task ListAsync_WhileTheyAreBeingStored_EachOnce()
    {
        _store.Hold();
        Add(1, 2);
        _time.Advance(Second);
        await Eventually.BecomesTrueAsync(() => _store.Appends == 1, () => $"{_store.Appends} appends");
        Add(3);
        var listing = ListAsync();
        _store.Release();
        (await listing).Select(a => a.Attempt).ShouldBe([3, 2, 1]);
        _time.Advance(Second);
        await StoredAsync(7, 3);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([3, 2, 1]);
    }

    [Fact]
    public async Task ListAsync_Filter_AlsoBehindWhatDoesNotMatch()
    {
        _log.Add(Integration, Attempt(1) with { Outcome = "refused", Batch = "b" });
        Add(2, 3, 4);
        (await ListAsync(filter: new DeliveryFilter(Outcome: "refused"))).Select(a => a.Attempt).ShouldBe([1]);
        (await ListAsync(filter: new DeliveryFilter(Batch: "b"))).Select(a => a.Attempt).ShouldBe([1]);
        (await ListAsync(filter: new DeliveryFilter("delivered", "b"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Add_MoreThanAreKeptBeforeTheFlush_OldestDropped()
    {
        Add([.. Enumerable.Range(1, 50)]);
        _time.Advance(Second);
        await StoredAsync(7, 5);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([50, 49, 48, 47, 46]);
    }

    [Fact]
    public async Task Add_StoreFails_SaidOnceAMinuteAndStoredLater()
    {
        _store.Fails = true;
        Add(1);
        for (var second = 0; second < 61; second++)
        {
            _time.Advance(Second);
            await Eventually.BecomesTrueAsync(() => _store.Appends == second + 1, () => $"{_store.Appends} appends after {second + 1} s");
        }

        Add(2);
        _warnings.Lines.Count.ShouldBe(2);
        _warnings.Lines.First().ShouldStartWith("Attempts for the delivery log could not be stored; deliveries go on, and the newest 5 of each integration wait");
        _store.Fails = false;
        _time.Advance(Second);
        await StoredAsync(7, 2);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task DisposeAsync_StoresWhatWaits()
    {
        Add(1, 2);
        await _log.DisposeAsync();
        await StoredAsync(7, 2);
        Add(3);
        _time.Advance(Second);
        (await _store.ListAsync(7, 10, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task RemoveAsync_StoredAndWaiting_Gone()
    {
        Add(1);
        _time.Advance(Second);
        await StoredAsync(7, 1);
        Add(2);
        await _log.RemoveAsync(Integration, CancellationToken.None);
        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task RetentionAge_Passed_NotShownAndDroppedWithinAnHour()
    {
        Add(1);
        _time.Advance(_options.RetentionAge + Second);
        Add(2);
        (await ListAsync()).Select(a => a.Attempt).ShouldBe([2]);
        var before = _store.ExpiredBefore;
        _time.Advance(TimeSpan.FromHours(1));
        _store.ExpiredBefore.ShouldBeGreaterThan(before);
        (_time.GetUtcNow() - _store.ExpiredBefore).ShouldBe(_options.RetentionAge, TimeSpan.FromHours(1));
    }

    private void Add(params int[] attempts)
    {
        foreach (var attempt in attempts) _log.Add(Integration, Attempt(attempt));
    }

    private DeliveryAttempt Attempt(int number) => new(
        "msg_1", number, BatchKind.Delivery, _time.GetUtcNow(), 2, 0, 100, 101, 50, "delivered", 200, null, "thanks", false,
        [new RequestHeader("webhook-id", "msg_1")], new AttemptPhases(0.1, null, null, null, 1.5, 20, 21.6));

    private Task<IReadOnlyList<DeliveryAttempt>> ListAsync(int limit = 100, DeliveryFilter? filter = null) =>
        _log.ListAsync(Integration, limit, filter ?? new DeliveryFilter(), CancellationToken.None);

    private Task StoredAsync(long integration, int count) => Eventually.BecomesTrueAsync(
        async ValueTask<bool> () => (await _store.ListAsync(integration, 100, default)).Count == count, () => $"not {count} of integration {integration}");

    private sealed class StoreInMemory : IAttemptStore
    {
        private readonly Dictionary<long, List<ReadOnlyMemory<byte>>> _all = [];
        private TaskCompletionSource _open = new();
        private int _appends;

        public StoreInMemory() => _open.SetResult();

        public int Appends => Volatile.Read(ref _appends);

        public bool Fails { get; set; }

        public DateTimeOffset ExpiredBefore { get; private set; }

        public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _open.SetResult();

        public async ValueTask AppendAsync(long integration, IReadOnlyList<ReadOnlyMemory<byte>> records, int keepAtMost, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _appends);
            await _open.Task;
            if (Fails) throw new EventLogException("disk");
            lock (_all)
            {
                if (!_all.TryGetValue(integration, out var kept)) _all[integration] = kept = [];
                kept.AddRange(records);
                kept.RemoveRange(0, Math.Max(0, kept.Count - keepAtMost));
            }
        }

        public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ListAsync(long integration, int limit, CancellationToken cancellation)
        {
            lock (_all)
                return ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>(_all.TryGetValue(integration, out var kept) ? [.. kept.AsEnumerable().Reverse().Take(limit)] : []);
        }

        public ValueTask ExpireAsync(DateTimeOffset olderThan, CancellationToken cancellation)
        {
            ExpiredBefore = olderThan;
            return ValueTask.CompletedTask;
        }

        public ValueTask RemoveAsync(long integration, CancellationToken cancellation)
        {
            lock (_all) _all.Remove(integration);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class WarningLines : ILogger<DeliveryLog>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
