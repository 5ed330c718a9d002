using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>What every implementation of <see cref="IEventLog"/> and <see cref="ICursorStore"/> does. A database joins by deriving from it.</summary>
public abstract class EventLogCompliance : IAsyncLifetime
{
    private static readonly CursorKey Reader = new(7, 0);

    private protected IEventLog Log { get; private set; } = null!;

    private protected ICursorStore Cursors => (ICursorStore)Log;

    public async Task InitializeAsync() => Log = await OpenAsync();

    public async Task DisposeAsync() => await Log.DisposeAsync();

    private protected abstract ValueTask<IEventLog> OpenAsync();

    private protected async Task ReopenAsync()
    {
        await Log.DisposeAsync();
        Log = await OpenAsync();
    }

    [Fact]
    public void Bounds_NewLog_EmptyAndWithoutFaults()
    {
        Log.Partitions.ShouldBe(1);
        Log.Bounds(0).ShouldBe(new LogBounds(EventBlock.ToSequence(1, 0), EventBlock.ToSequence(1, 0), 0, 0, null));
        Log.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_EmptyLog_Null() => (await Log.ReadAsync(0, 0, CancellationToken.None)).ShouldBeNull();

    [Fact]
    public async Task ReadAsync_AfterAppends_EveryEventInOrder()
    {
        for (var i = 1; i <= 20; i++) await Log.AppendAsync(i);
        (await Log.NumbersAsync()).ShouldBe(Enumerable.Range(0, 210).Select(n => (long)n));
    }

    [Fact]
    public async Task ReadAsync_FromTheMiddleOfABlock_ThatBlock()
    {
        var (first, last) = await Log.AppendAsync(10);
        await Log.AppendAsync(1);
        var block = await Log.ReadAsync(0, first + 4, CancellationToken.None);
        block!.FirstSequence.ShouldBe(first);
        block.Release();
        var next = await Log.ReadAsync(0, last + 1, CancellationToken.None);
        next!.BlockSequence.ShouldBe(EventBlock.BlockOf(first) + 1);
        next.Release();
    }

    [Fact]
    public async Task ReadAsync_AtTheHead_Null()
    {
        await Log.AppendAsync(3);
        (await Log.ReadAsync(0, Log.Bounds(0).Head, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task AppendAsync_AsManyEventsAsABlockHolds_AllReadable()
    {
        var (first, last) = await Log.AppendAsync(EventBlock.MaxEvents);
        (last - first).ShouldBe(EventBlock.MaxEvents - 1);
        EventBlock.BlockOf(last).ShouldBe(EventBlock.BlockOf(first));
        var (next, _) = await Log.AppendAsync(1);
        next.ShouldBe(last + 1);
        (await Log.NumbersAsync()).Count.ShouldBe(EventBlock.MaxEvents + 1);
    }

    [Fact]
    public async Task Reopened_AfterAppends_SameEventsAndBounds()
    {
        for (var i = 1; i <= 5; i++) await Log.AppendAsync(i);
        var bounds = Log.Bounds(0);
        var events = await Log.ReadAllAsync();
        await ReopenAsync();
        Log.Bounds(0).ShouldBe(bounds);
        (await Log.ReadAllAsync()).ShouldBe(events);
        Log.Faults.ShouldBeEmpty();
        (await Log.AppendAsync(1)).First.ShouldBe(bounds.Head);
    }

    [Fact]
    public async Task Bounds_OverARestartLoop_CountsWhatIsReallyThere()
    {
        var random = new Random(1);
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < 5; i++) await Log.AppendAsync(random.Next(1, 50), random.Next(0, 300) / 100 * 100);
            var middle = (Log.Bounds(0).Tail + Log.Bounds(0).Head) / 2;
            if (round % 2 == 1) await Log.TrimAsync(0, middle, CancellationToken.None);
            await ReopenAsync();
            long events = 0, bytes = 0;
            for (var from = 0L; await Log.ReadAsync(0, from, CancellationToken.None) is { } block; from = block.LastSequence + 1)
            {
                events += block.Count;
                bytes += block.Length;
                block.Release();
            }

            Log.Bounds(0).Events.ShouldBe(events);
            Log.Bounds(0).Bytes.ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task TrimAsync_InTheMiddleOfABlock_KeepsThatBlock()
    {
        await Log.AppendAsync(10);
        var (first, _) = await Log.AppendAsync(10);
        await Log.TrimAsync(0, first + 5, CancellationToken.None);
        Log.Bounds(0).Tail.ShouldBe(first);
        (await Log.NumbersAsync()).ShouldBe(Enumerable.Range(10, 10).Select(n => (long)n));
    }

    [Fact]
    public async Task TrimAsync_AfterTheLastEventOfABlock_DropsThatBlock()
    {
        var (_, last) = await Log.AppendAsync(10);
        var (next, _) = await Log.AppendAsync(10);
        await Log.TrimAsync(0, last + 1, CancellationToken.None);
        Log.Bounds(0).Tail.ShouldBe(next);
        Log.Bounds(0).Events.ShouldBe(10);
    }

    [Fact]
    public async Task TrimAsync_ToTheHead_EmptyAndGoesOn()
    {
        await Log.AppendAsync(10);
        var head = Log.Bounds(0).Head;
        await Log.TrimAsync(0, head, CancellationToken.None);
        Log.Bounds(0).ShouldBe(new LogBounds(head, head, 0, 0, null) { EventsEver = 10, BytesEver = Log.Bounds(0).BytesEver });
        await ReopenAsync();
        Log.Bounds(0).Head.ShouldBe(head);
        Log.Faults.ShouldBeEmpty();
        (await Log.AppendAsync(2)).First.ShouldBe(head);
        (await Log.NumbersAsync()).ShouldBe([10L, 11L]);
    }

    [Fact]
    public async Task TrimAsync_Backwards_ChangesNothing()
    {
        await Log.AppendAsync(10);
        var (second, _) = await Log.AppendAsync(10);
        await Log.TrimAsync(0, second, CancellationToken.None);
        await Log.TrimAsync(0, 0, CancellationToken.None);
        Log.Bounds(0).Tail.ShouldBe(second);
    }

    [Fact]
    public async Task ReadAsync_BeforeTheTail_FirstKeptBlock()
    {
        await Log.AppendAsync(10);
        var (second, _) = await Log.AppendAsync(10);
        await Log.TrimAsync(0, second, CancellationToken.None);
        await ReopenAsync();
        (await Log.ReadAllAsync(0))[0].Sequence.ShouldBe(second);
        Log.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cursors_SavedCreatedDeleted_AsLastLeftAlsoAfterReopening()
    {
        (await Cursors.LoadAsync(Reader, CancellationToken.None)).ShouldBeNull();
        await Log.AppendAsync(10);
        var head = Log.Bounds(0).Head;
        await Cursors.SaveDurablyAsync(Reader, Cursor.At(head - 10), CancellationToken.None);
        await Cursors.SaveAsync(Reader, Cursor.At(head - 5), CancellationToken.None);
        await Cursors.SaveAsync(Reader, Cursor.At(head), CancellationToken.None);
        await Cursors.SaveDurablyAsync(new CursorKey(8, 0), Cursor.At(head), CancellationToken.None);
        await Cursors.DeleteAsync(new CursorKey(8, 0), CancellationToken.None);
        await ReopenAsync();
        (await Cursors.LoadAsync(Reader, CancellationToken.None))!.Sequence.ShouldBe(head);
        (await Cursors.LoadAsync(new CursorKey(8, 0), CancellationToken.None)).ShouldBeNull();
        (await Cursors.ListAsync(CancellationToken.None)).ShouldBe([new KeyValuePair<CursorKey, long>(Reader, head)]);
    }

    [Fact]
    public async Task FindAsync_StoredWithABlock_FoundAlsoAfterReopening()
    {
        var record = Record(1, 0);
        (await Log.FindAsync(record.Key, CancellationToken.None)).ShouldBeNull();
        await Log.AppendAsync(1, records: record);
        (await Log.FindAsync(record.Key, CancellationToken.None)).ShouldBe(record);
        await ReopenAsync();
        (await Log.FindAsync(record.Key, CancellationToken.None)).ShouldBe(record);
    }

    [Fact]
    public async Task ExpireIdempotencyAsync_ByAgeThenByNumber_OldestGoFirst()
    {
        var records = Enumerable.Range(0, 10).Select(i => Record(i, i)).ToArray();
        await Log.AppendAsync(1, records: records);
        await Log.ExpireIdempotencyAsync(DateTimeOffset.UnixEpoch.AddHours(3), 1000, CancellationToken.None);
        (await FoundAsync(records)).ShouldBe([3, 4, 5, 6, 7, 8, 9]);
        await ReopenAsync();
        await Log.ExpireIdempotencyAsync(DateTimeOffset.UnixEpoch, 2, CancellationToken.None);
        (await FoundAsync(records)).ShouldBe([8, 9]);
    }

    [Fact]
    public async Task FindMarkAsync_StoredWithBlocks_TheLastOneOfEachInputAlsoAfterReopening()
    {
        (await MarkOfAsync("a")).ShouldBeNull();
        await Log.AppendAsync(1, Mark("a", 1), Mark("b", 1), Mark("a", 2));
        await Log.AppendAsync(1, Mark("a", 3));
        await Log.AppendAsync(1);
        await ShouldBeAsync();
        await ReopenAsync();
        await ShouldBeAsync();
        (await Cursors.ListAsync(CancellationToken.None)).ShouldBeEmpty("a mark is no cursor");

        async Task ShouldBeAsync()
        {
            (await MarkOfAsync("a")).ShouldBe(3);
            (await MarkOfAsync("b")).ShouldBe(1);
            (await Log.ListMarksAsync(CancellationToken.None)).Select(static m => (m.Input, (int)m.Value.Span[0])).ShouldBe([("a", 3), ("b", 1)]);
        }
    }

    [Fact]
    public async Task SaveMarkAsync_WithoutEvents_FoundAlsoAfterReopening()
    {
        await Log.AppendAsync(1, Mark("a", 1));
        await Log.SaveMarkAsync(Mark("a", 2), CancellationToken.None);
        await Log.SaveMarkAsync(Mark("a", 3), CancellationToken.None);
        (await MarkOfAsync("a")).ShouldBe(3);
        await ReopenAsync();
        (await MarkOfAsync("a")).ShouldBe(3);
        Log.Bounds(0).Events.ShouldBe(1);
    }

    [Fact]
    public async Task AppendAsync_WhatWasRefused_LeavesTheMarkAsItWas()
    {
        await Log.AppendAsync(1, Mark("a", 1));
        var bounds = Log.Bounds(0);
        using var request = TestEvents.Request(0, 1);
        var wrongNumber = EventBlock.Build(EventBlock.BlockOf(bounds.Head) + 1, bounds.EventsEver, bounds.BytesEver, 1, [request]);
        await Should.ThrowAsync<EventLogException>(() => Log.AppendAsync(0, wrongNumber, [], [Mark("a", 2)], CancellationToken.None).AsTask());
        wrongNumber.Release();
        (await MarkOfAsync("a")).ShouldBe(1);
    }

    [Fact]
    public async Task FindMarkAsync_EveryBlockTrimmed_StillThere()
    {
        await Log.AppendAsync(1, Mark("a", 1));
        await Log.TrimAsync(0, Log.Bounds(0).Head, CancellationToken.None);
        await ReopenAsync();
        (await MarkOfAsync("a")).ShouldBe(1);
    }

    [Fact]
    public async Task ConcurrentReaders_WhileAppending_EachSeesEveryEventOnceAndInOrder()
    {
        const int Blocks = 150;
        var readers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var seen = new List<long>();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            for (long from = 0; seen.Count < Blocks * 5;)
            {
                deadline.Token.IsCancellationRequested.ShouldBeFalse($"a reader saw {seen.Count} of {Blocks * 5} events");
                if (await Log.ReadAsync(0, from, CancellationToken.None) is not { } block)
                {
                    await Task.Yield();
                    continue;
                }

                for (var i = 0; i < block.Count; i++) seen.Add(TestEvents.NumberOf(block.Event(i)));
                from = block.LastSequence + 1;
                block.Release();
            }

            return seen;
        })).ToArray();
        for (var i = 0; i < Blocks; i++) await Log.AppendAsync(5, 200);
        foreach (var seen in await Task.WhenAll(readers)) seen.ShouldBe(Enumerable.Range(0, Blocks * 5).Select(n => (long)n));
    }

    private static InputMark Mark(string input, byte place) => new(input, new[] { place });

    private async Task<int?> MarkOfAsync(string input) => (await Log.FindMarkAsync(input, CancellationToken.None))?.Value.Span[0];

    private static IdempotencyRecord Record(int key, int hour) =>
        new(new IdempotencyKey((UInt128)key << 70), (UInt128)key + 1, 1, EventBlock.ToSequence(1, 0), EventBlock.ToSequence(1, 0), DateTimeOffset.UnixEpoch.AddHours(hour));

    private async Task<List<int>> FoundAsync(IdempotencyRecord[] records)
    {
        var found = new List<int>();
        for (var i = 0; i < records.Length; i++)
            if (await Log.FindAsync(records[i].Key, CancellationToken.None) is not null) found.Add(i);
        return found;
    }
}
