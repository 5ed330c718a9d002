using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

public sealed class EventLogWriterTests
{
    [Fact]
    public async Task AppendAsync_WithAMark_StoredIfAndOnlyIfTheEventsAre()
    {
        await using var fixture = new LogFixture();
        var answers = Enumerable.Range(1, 3).Select(i => fixture.Writer.AppendAsync(TestEvents.Request(i, 1), Mark((byte)i), CancellationToken.None).AsTask()).ToArray();
        foreach (var answer in await Task.WhenAll(answers)) answer.ShouldBeOfType<AppendResult.Appended>();
        (await PlaceAsync()).ShouldBe(3);
        fixture.Log.FailAppendsWith = new EventLogException("No space left on device");
        (await fixture.Writer.AppendAsync(TestEvents.Request(4, 1), Mark(4), CancellationToken.None)).ShouldBeOfType<AppendResult.Unavailable>();
        fixture.Log.FailAppendsWith = null;
        (await PlaceAsync()).ShouldBe(3);

        // A request after it says nothing of an input.
        await fixture.AppendAsync(5);
        (await PlaceAsync()).ShouldBe(3);

        static InputMark Mark(byte place) => new("file", new[] { place });
        async Task<int?> PlaceAsync() => (await fixture.Log.FindMarkAsync("file", CancellationToken.None))?.Value.Span[0];
    }

    private static readonly IdempotencyKey Key = new(1);

    [Fact]
    public async Task An_answer_comes_only_after_the_events_are_durable()
    {
        await using var fixture = new LogFixture();
        fixture.Log.Close();
        var answer = fixture.AppendAsync(0, 3).AsTask();
        await Eventually.BecomesTrueAsync(() => fixture.Log.Journal.Count == 1, () => Journal(fixture));
        answer.IsCompleted.ShouldBeFalse();
        fixture.Reader.TryReadTail(0, 0).ShouldBeNull("nobody may read what is not durable");
        fixture.Log.Open();
        (await answer).ShouldBe(new AppendResult.Appended(0, 3, EventBlock.ToSequence(1, 0), EventBlock.ToSequence(1, 2)));
        fixture.Log.Journal.ShouldBe(["append 1: 3", "durable 1"]);
    }

    [Fact]
    public async Task Requests_that_wait_together_share_one_commit()
    {
        await using var fixture = new LogFixture();
        var answers = await WhileBusyAsync(fixture, () => Enumerable.Range(0, 50).Select(i => fixture.AppendAsync(1 + (2 * i), 2).AsTask()).ToArray());
        fixture.Log.Journal.ShouldBe(["append 1: 1", "durable 1", "append 2: 100", "durable 2"]);
        answers.Cast<AppendResult.Appended>().Select(a => a.FirstSequence).ShouldBe(Enumerable.Range(0, 50).Select(i => EventBlock.ToSequence(2, 2 * i)));
        (await fixture.Store.NumbersAsync()).ShouldBe(Enumerable.Range(0, 101).Select(n => (long)n));
    }

    [Fact]
    public async Task A_commit_takes_no_more_events_than_a_block_holds()
    {
        await using var fixture = new LogFixture(o => o.CommitBytes = 64 * 1024 * 1024);
        await WhileBusyAsync(fixture, () => [
            fixture.AppendAsync(1, EventBlock.MaxEvents - 1).AsTask(), fixture.AppendAsync(EventBlock.MaxEvents, 1).AsTask(), fixture.AppendAsync(EventBlock.MaxEvents + 1, 1).AsTask()]);
        fixture.Log.Journal.Where(e => e.StartsWith("append", StringComparison.Ordinal)).ShouldBe(["append 1: 1", "append 2: 65536", "append 3: 1"]);
    }

    [Fact]
    public async Task A_commit_takes_no_more_bytes_than_it_may_but_always_one_request()
    {
        await using var fixture = new LogFixture(o => o.CommitBytes = 16 * 1024);
        await WhileBusyAsync(fixture, () => [fixture.AppendAsync(1, 1, 10_000).AsTask(), fixture.AppendAsync(2, 1, 10_000).AsTask(), fixture.AppendAsync(3, 1, 40_000).AsTask()]);
        fixture.Log.Journal.Where(e => e.StartsWith("append", StringComparison.Ordinal)).ShouldBe(["append 1: 1", "append 2: 1", "append 3: 1", "append 4: 1"]);
    }

    [Fact]
    public async Task Shortly_after_a_commit_requests_gather_and_after_a_pause_they_do_not()
    {
        var time = new FakeTimeProvider();
        await using var fixture = new LogFixture(o => o.CommitInterval = TimeSpan.FromMilliseconds(2), time);
        await fixture.AppendAsync(0);
        var soon = fixture.AppendAsync(1).AsTask();
        var sooner = fixture.AppendAsync(2).AsTask();
        soon.IsCompleted.ShouldBeFalse();
        await Eventually.BecomesTrueAsync(() => Advance(time, soon), () => Journal(fixture));
        await Task.WhenAll(soon, sooner);
        fixture.Log.Journal.ShouldContain("append 2: 2");

        time.Advance(TimeSpan.FromSeconds(1));
        (await fixture.AppendAsync(3)).ShouldBeOfType<AppendResult.Appended>("the clock stands still, so nothing can have waited");
    }

    [Fact]
    public async Task Beyond_the_bytes_that_may_wait_a_request_is_refused_at_once()
    {
        await using var fixture = new LogFixture(o => o.MaxWaitingBytes = 64 * 1024);
        fixture.Log.Close();
        var first = fixture.AppendAsync(0).AsTask();
        await Eventually.BecomesTrueAsync(() => fixture.Log.Journal.Count == 1, () => Journal(fixture));
        var waiting = fixture.AppendAsync(1, 1, 60_000).AsTask();
        var refused = fixture.AppendAsync(2, 1, 60_000);
        refused.IsCompleted.ShouldBeTrue();
        var behind = (await refused).ShouldBeOfType<AppendResult.Behind>();
        behind.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        behind.Reason.ShouldBe("Requests of 60,550 bytes wait to be stored and at most 65,536 may; send again later.");
        fixture.Log.Open();
        await Task.WhenAll(first, waiting);
        (await fixture.AppendAsync(2, 1, 60_000)).ShouldBeOfType<AppendResult.Appended>("the bytes that waited are given back");
    }

    [Fact]
    public async Task A_full_log_refuses_and_takes_events_again_after_a_trim()
    {
        await using var fixture = new LogFixture(o => o.MaxBytes = 4096);
        AppendResult answer;
        var number = 0;
        do answer = await fixture.AppendAsync(number++, 1, 1000);
        while (answer is AppendResult.Appended);
        var refused = answer.ShouldBeOfType<AppendResult.Unavailable>();
        refused.Reason.ShouldStartWith("The event log is full: it holds 3,");
        refused.Reason.ShouldEndWith("bytes and may hold 4,096. It empties as receivers take their events; or raise Webhook:EventLog:MaxBytes, or set RetentionBytes.");
        await fixture.Log.TrimAsync(0, fixture.Log.Bounds(0).Head, CancellationToken.None);
        (await fixture.AppendAsync(number - 1, 1, 1000)).ShouldBeOfType<AppendResult.Appended>();
        fixture.Writer.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task After_a_failed_write_everyone_is_refused_and_the_next_request_is_tried_again()
    {
        await using var fixture = new LogFixture();
        fixture.Log.FailAppendsWith = new EventLogException("No space left on device");
        (await fixture.AppendAsync(0)).ShouldBeOfType<AppendResult.Unavailable>().Reason.ShouldBe("No space left on device");
        fixture.Writer.Failure!.Reason.ShouldBe("No space left on device");
        fixture.Reader.TryReadTail(0, 0).ShouldBeNull();
        fixture.Log.FailAppendsWith = null;
        (await fixture.AppendAsync(0)).ShouldBe(new AppendResult.Appended(0, 1, EventBlock.ToSequence(1, 0), EventBlock.ToSequence(1, 0)));
        (await fixture.Store.NumbersAsync()).ShouldBe([0L]);
    }

    [Fact]
    public async Task A_bug_in_the_store_reaches_those_who_wait_and_the_writer_goes_on()
    {
        await using var fixture = new LogFixture();
        fixture.Log.FailAppendsWith = new InvalidOperationException("bug");
        (await Should.ThrowAsync<InvalidOperationException>(fixture.AppendAsync(0).AsTask())).Message.ShouldBe("bug");
        fixture.Log.FailAppendsWith = null;
        (await fixture.AppendAsync(0)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task A_repeated_key_gets_the_first_answer_and_stores_nothing()
    {
        await using var fixture = new LogFixture();
        var first = (AppendResult.Appended)await fixture.AppendAsync(0, 3, key: Key, bodyHash: 9);
        var again = await fixture.AppendAsync(0, 3, key: Key, bodyHash: 9);
        again.ShouldBe(new AppendResult.Repeated(0, 3, first.FirstSequence, first.LastSequence));
        (await fixture.AppendAsync(0, 3, key: Key, bodyHash: 8)).ShouldBeOfType<AppendResult.KeyConflict>();
        (await fixture.Store.NumbersAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_same_key_twice_in_one_commit_is_stored_once_and_both_are_answered_when_it_is_durable()
    {
        await using var fixture = new LogFixture();
        var answers = await WhileBusyAsync(fixture, () => [
            fixture.AppendAsync(1, 2, key: Key, bodyHash: 9).AsTask(), fixture.AppendAsync(1, 2, key: Key, bodyHash: 9).AsTask(), fixture.AppendAsync(1, 2, key: Key, bodyHash: 7).AsTask()]);
        answers.ShouldBe([
            new AppendResult.Appended(0, 2, EventBlock.ToSequence(2, 0), EventBlock.ToSequence(2, 1)),
            new AppendResult.Repeated(0, 2, EventBlock.ToSequence(2, 0), EventBlock.ToSequence(2, 1)),
            new AppendResult.KeyConflict()]);
        (await fixture.Store.NumbersAsync()).ShouldBe([0L, 1L, 2L]);
    }

    [Fact]
    public async Task The_same_key_twice_in_a_failed_commit_refuses_both_and_leaves_the_key_free()
    {
        await using var fixture = new LogFixture();
        await WhileBusyAsync(fixture, () =>
        {
            fixture.Log.FailAppendsWith = new EventLogException("disk");
            return [fixture.AppendAsync(1, key: Key, bodyHash: 9).AsTask(), fixture.AppendAsync(1, key: Key, bodyHash: 9).AsTask()];
        }).ContinueWith(a => a.GetAwaiter().GetResult().ShouldAllBe(r => r is AppendResult.Unavailable), TaskScheduler.Default);
        fixture.Log.FailAppendsWith = null;
        (await fixture.AppendAsync(0, key: Key, bodyHash: 9)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task A_request_cancelled_before_its_commit_is_taken_back_whole()
    {
        await using var fixture = new LogFixture();
        using var cancelled = new CancellationTokenSource();
        fixture.Log.Close();
        var first = fixture.AppendAsync(0).AsTask();
        await Eventually.BecomesTrueAsync(() => fixture.Log.Journal.Count == 1, () => Journal(fixture));
        var request = fixture.AppendAsync(100, 5, cancellation: cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        fixture.Log.Open();
        await Should.ThrowAsync<OperationCanceledException>(request);
        await first;
        (await fixture.Store.NumbersAsync()).ShouldBe([0L]);
    }

    [Fact]
    public async Task Every_request_is_disposed_whatever_its_answer()
    {
        await using var fixture = new LogFixture();
        var stored = TestEvents.Request(0, 1);
        await fixture.Writer.AppendAsync(stored, Key, 1, CancellationToken.None);
        var conflict = TestEvents.Request(0, 1);
        await fixture.Writer.AppendAsync(conflict, Key, 2, CancellationToken.None);
        fixture.Log.FailAppendsWith = new EventLogException("disk");
        var refused = TestEvents.Request(0, 1);
        await fixture.Writer.AppendAsync(refused, null, 0, CancellationToken.None);
        fixture.Log.FailAppendsWith = null;
        await fixture.Writer.DisposeAsync();
        var late = TestEvents.Request(0, 1);
        (await fixture.Writer.AppendAsync(late, null, 0, CancellationToken.None)).ShouldBeOfType<AppendResult.Unavailable>().Reason.ShouldBe("The program is shutting down; send again when it is back.");
        foreach (var events in (IncomingEvents[])[stored, conflict, refused, late]) Should.Throw<ObjectDisposedException>(() => events.Body.Length);
    }

    [Fact]
    public async Task DisposeAsync_RequestsWaiting_StoresAndAnswersThem()
    {
        await using var fixture = new LogFixture();
        fixture.Log.Close();
        var answers = Enumerable.Range(0, 20).Select(i => fixture.AppendAsync(i).AsTask()).ToArray();
        var closing = fixture.Writer.DisposeAsync().AsTask();
        closing.IsCompleted.ShouldBeFalse();
        fixture.Log.Open();
        await closing;
        (await Task.WhenAll(answers)).ShouldAllBe(a => a is AppendResult.Appended);
        (await fixture.Store.NumbersAsync()).Count.ShouldBe(20);
    }

    /// <summary>Event 0 is being stored while the requests come in; then the way is free.</summary>
    private static async Task<AppendResult[]> WhileBusyAsync(LogFixture fixture, Func<Task<AppendResult>[]> requests)
    {
        fixture.Log.Close();
        var first = fixture.AppendAsync(0).AsTask();
        await Eventually.BecomesTrueAsync(() => fixture.Log.Journal.Count == 1, () => Journal(fixture));
        var waiting = requests();
        fixture.Log.Open();
        await first;
        return await Task.WhenAll(waiting);
    }

    private static bool Advance(FakeTimeProvider time, Task until)
    {
        time.Advance(TimeSpan.FromMicroseconds(10));
        return until.IsCompleted;
    }

    private static string Journal(LogFixture fixture) => string.Join(", ", fixture.Log.Journal);
}
