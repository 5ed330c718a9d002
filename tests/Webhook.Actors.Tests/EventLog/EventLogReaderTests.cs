using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

public sealed class EventLogReaderTests
{
    [Fact]
    public async Task Recent_blocks_are_one_copy_for_all_readers()
    {
        await using var fixture = new LogFixture();
        await fixture.AppendAsync(0, 5);
        var one = fixture.Reader.TryReadTail(0, 0)!;
        var two = (await fixture.Reader.ReadAsync(0, EventBlock.ToSequence(1, 3), CancellationToken.None))!;
        two.ShouldBeSameAs(one);
        one.Release();
        two.Release();
        fixture.Log.Journal.ShouldNotContain(e => e.StartsWith("read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_block_in_use_outlives_its_place_in_the_tail()
    {
        await using var fixture = new LogFixture(o => o.SharedTailBytes = 4096);
        await fixture.AppendAsync(0, 5);
        var held = fixture.Reader.TryReadTail(0, 0)!;
        for (var i = 0; i < 20; i++) await fixture.AppendAsync(5 + i, 1, 500);
        fixture.Reader.TryReadTail(0, 0).ShouldBeNull("older blocks have left the tail");
        held.Event(4).SequenceEqual(TestEvents.Text(4)).ShouldBeTrue();
        held.Release();
    }

    [Fact]
    public async Task Older_blocks_come_from_the_store_and_newer_from_the_tail_without_a_seam()
    {
        await using var fixture = new LogFixture(o => o.SharedTailBytes = 4096);
        for (var i = 0; i < 40; i++) await fixture.AppendAsync(i, 1, 500);
        var seen = new List<long>();
        for (var from = 0L; await fixture.Reader.ReadAsync(0, from, CancellationToken.None) is { } block; from = block.LastSequence + 1)
        {
            seen.Add(TestEvents.NumberOf(block.Event(0)));
            block.Release();
        }

        seen.ShouldBe(Enumerable.Range(0, 40).Select(n => (long)n));
        fixture.Log.Journal.Count(e => e.StartsWith("read", StringComparison.Ordinal)).ShouldBeInRange(30, 40);
    }

    [Fact]
    public async Task TryReadTail_PastTheLastEventOfABlock_NextBlock()
    {
        await using var fixture = new LogFixture();
        await fixture.AppendAsync(0, 5);
        fixture.Reader.TryReadTail(0, EventBlock.ToSequence(1, 5)).ShouldBeNull();
        await fixture.AppendAsync(5, 5);
        var block = fixture.Reader.TryReadTail(0, EventBlock.ToSequence(1, 5))!;
        block.BlockSequence.ShouldBe(2);
        block.Release();
    }

    [Fact]
    public async Task TryReadTail_BeforeTheTrimMark_FirstKeptBlock()
    {
        await using var fixture = new LogFixture();
        await fixture.AppendAsync(0);
        await fixture.AppendAsync(1);
        await fixture.Log.TrimAsync(0, EventBlock.ToSequence(2, 0), CancellationToken.None);
        var block = fixture.Reader.TryReadTail(0, 0)!;
        block.BlockSequence.ShouldBe(2);
        block.Release();
    }

    [Fact]
    public async Task WaitFor_AlreadyThere_FalseAndNeverCalled()
    {
        await using var fixture = new LogFixture();
        await fixture.AppendAsync(0);
        var calls = 0;
        fixture.Reader.WaitFor(0, 0, () => calls++).ShouldBeFalse();
        await fixture.AppendAsync(1);
        calls.ShouldBe(0);
    }

    [Fact]
    public async Task WaitFor_TenThousandWaiters_EachCalledOnceByOneEvent()
    {
        await using var fixture = new LogFixture();
        var calls = new int[10_000];
        var head = fixture.Reader.Bounds(0).Head;
        for (var i = 0; i < calls.Length; i++)
        {
            var own = i;
            fixture.Reader.WaitFor(0, head, () => Interlocked.Increment(ref calls[own])).ShouldBeTrue();
        }

        await fixture.AppendAsync(0);
        calls.ShouldAllBe(n => n == 1);
        await fixture.AppendAsync(1);
        calls.ShouldAllBe(n => n == 1);
    }

    [Fact]
    public async Task WaitFor_FurtherAhead_CalledOnlyByTheBlockThatReachesIt()
    {
        await using var fixture = new LogFixture();
        var calls = 0;
        fixture.Reader.WaitFor(0, EventBlock.ToSequence(2, 0), () => calls++).ShouldBeTrue();
        await fixture.AppendAsync(0);
        calls.ShouldBe(0);
        await fixture.AppendAsync(1);
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_waiter_that_throws_costs_neither_the_others_nor_the_writer()
    {
        await using var fixture = new LogFixture();
        var calls = 0;
        fixture.Reader.WaitFor(0, fixture.Reader.Bounds(0).Head, () => throw new InvalidOperationException("bug in a reader"));
        fixture.Reader.WaitFor(0, fixture.Reader.Bounds(0).Head, () => calls++);
        await fixture.AppendAsync(0);
        await fixture.AppendAsync(1);
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task No_wake_up_is_lost_while_a_reader_registers_and_the_writer_publishes()
    {
        await using var fixture = new LogFixture();
        const int Events = 500;
        var seen = 0;
        var reader = Task.Run(async () =>
        {
            for (var from = 0L; seen < Events;)
            {
                if (await fixture.Reader.ReadAsync(0, from, CancellationToken.None) is { } block)
                {
                    seen += block.Count;
                    from = block.LastSequence + 1;
                    block.Release();
                    continue;
                }

                var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (fixture.Reader.WaitFor(0, from, woken.SetResult)) await woken.Task.WaitAsync(TimeSpan.FromSeconds(20));
            }
        });
        for (var i = 0; i < Events; i++) await fixture.AppendAsync(i);
        await reader.WaitAsync(TimeSpan.FromSeconds(30));
        seen.ShouldBe(Events);
    }
}
