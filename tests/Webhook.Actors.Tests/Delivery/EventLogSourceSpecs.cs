using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Delivery;

public sealed class EventLogSourceSpecs : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ActorMaterializer _materializer;

    public EventLogSourceSpecs() => _materializer = Sys.Materializer();

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(1024 * 1024)]
    public async Task Everything_from_the_sequence_on_comes_once_and_in_order_from_tail_and_store(int tailBytes)
    {
        await using var log = new TestLog(tailBytes);
        for (var i = 0; i < 20; i++) await log.AppendAsync(10);
        var sink = Run(log, EventBlock.ToSequence(3, 4));

        var sequences = new List<long>();
        for (var i = 0; i < 18; i++) sequences.AddRange(await NextAsync(sink));
        await log.AppendAsync(5);
        sequences.AddRange(await NextAsync(sink));

        var expected = Enumerable.Range(4, 6).Select(i => EventBlock.ToSequence(3, i))
            .Concat(Enumerable.Range(4, 17).SelectMany(b => Enumerable.Range(0, 10).Select(i => EventBlock.ToSequence(b, i))))
            .Concat(Enumerable.Range(0, 5).Select(i => EventBlock.ToSequence(21, i)));
        sequences.ShouldBe(expected);
    }

    [Fact]
    public async Task Each_event_after_a_pause_is_seen_without_another_one()
    {
        await using var log = new TestLog();
        var sink = Run(log, 0);
        for (var i = 0; i < 50; i++)
        {
            var next = NextAsync(sink);
            await log.AppendAsync(1);
            (await next).Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task No_wake_up_is_lost_while_the_writer_races_the_reader()
    {
        await using var log = new TestLog(tailBytes: 0);
        var sink = Run(log, 0);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) await log.AppendAsync(1);
        });

        for (var got = 0; got < 300;) got += (await NextAsync(sink)).Count;
        await writing.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_block_that_arrives_between_looking_and_waiting_is_seen()
    {
        await using var log = new LogThatGrowsWhenLookedAt();
        var tail = new SharedTail(log, 1024 * 1024, NullLogger<SharedTail>.Instance);
        log.Grow = () => tail.Publish(0, TestEvents.Block(1, (TestEvents.Policies, "{}")));

        var sink = Run(new EventLogReader(log, tail), EventBlock.ToSequence(1, 0));

        (await NextAsync(sink)).ShouldBe([EventBlock.ToSequence(1, 0)]);
    }

    [Fact]
    public async Task A_stopped_source_does_not_mind_being_woken()
    {
        await using var log = new TestLog();
        var (kill, done) = Source.FromGraph(new EventLogSource(log.Reader, 0, 0))
            .ViaMaterialized(KillSwitches.Single<EventRun>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<EventRun>(), Keep.Both).Run(_materializer);
        kill.Shutdown();
        await done.WaitAsync(Deadline);

        await log.AppendAsync(1);
    }

    private ISinkQueue<EventRun> Run(TestLog log, long from) => Run(log.Reader, from);

    private ISinkQueue<EventRun> Run(EventLogReader reader, long from) => Source.FromGraph(new EventLogSource(reader, 0, from))
        .RunWith(Sink.Queue<EventRun>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), _materializer);

    private static async Task<List<long>> NextAsync(ISinkQueue<EventRun> sink)
    {
        var run = (await sink.PullAsync().WaitAsync(Deadline)).Value;
        var sequences = Enumerable.Range(run.Next, run.Block.Count - run.Next).Select(i => EventBlock.ToSequence(run.Block.BlockSequence, i)).ToList();
        run.Release();
        return sequences;
    }

    /// <summary>An empty log: the second look at its bounds (the first is the tail's own, the source's comes after) is out of date when it is answered.</summary>
    private sealed class LogThatGrowsWhenLookedAt : IEventLog
    {
        private int _looks;

        public Action? Grow { get; set; }

        public int Partitions => 1;

        public IReadOnlyCollection<LogFault> Faults => [];

        public bool IsShortOfSpace => false;

        public LogBounds Bounds(int partition)
        {
            if (Grow is not null && ++_looks == 2) Grow();
            return default(LogBounds) with { Tail = EventBlock.ToSequence(1, 0), Head = EventBlock.ToSequence(1, 0) };
        }

        public ValueTask<EventBlock?> ReadAsync(int partition, long fromSequence, CancellationToken cancellation) => default;

        public ValueTask AppendAsync(
            int partition, EventBlock block, IReadOnlyList<IdempotencyRecord> idempotency, IReadOnlyList<InputMark> marks, CancellationToken cancellation) => default;

        public ValueTask TrimAsync(int partition, long beforeSequence, CancellationToken cancellation) => default;

        public ValueTask<IdempotencyRecord?> FindAsync(IdempotencyKey key, CancellationToken cancellation) => default;

        public ValueTask<InputMark?> FindMarkAsync(string input, CancellationToken cancellation) => default;

        public ValueTask SaveMarkAsync(InputMark mark, CancellationToken cancellation) => default;

        public ValueTask<IReadOnlyList<InputMark>> ListMarksAsync(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<InputMark>>([]);

        public ValueTask ExpireIdempotencyAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation) => default;

        public ValueTask DisposeAsync() => default;
    }
}
