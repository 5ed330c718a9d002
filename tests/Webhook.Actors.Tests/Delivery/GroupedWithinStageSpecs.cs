using System.Runtime.CompilerServices;
using System.Text;
using Akka.Configuration;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;
using Webhook.Actors.Tests.Sending;
using static Webhook.Actors.Tests.Delivery.TestEvents;

namespace Webhook.Actors.Tests.Delivery;

public sealed class GroupedWithinStageSpecs : TestKit
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly WebhookMetrics _metrics = new();
    private readonly ActorMaterializer _materializer;
    private readonly List<EventBlock> _blocks = [];
    private long _nextBlock = 1;

    public GroupedWithinStageSpecs()
        : base(ConfigurationFactory.ParseString(
            $"akka.scheduler.implementation = \"{typeof(CountingScheduler).AssemblyQualifiedName}\""))
        => _materializer = Sys.Materializer();

    private CountingScheduler Scheduler => (CountingScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_full_batch_goes_at_once_and_the_run_is_split_at_the_limit()
    {
        var (source, sink) = Run(Settings(events: 3));

        await OfferAsync(source, Wanted(7));

        (await NextAsync(sink)).ShouldBe("0,1,2");
        (await NextAsync(sink)).ShouldBe("3,4,5");
        var rest = NextAsync(sink);
        await PassAsync(Delay, rest);
        (await rest).ShouldBe("6");
    }

    [Fact]
    public async Task The_limit_on_bytes_closes_a_batch()
    {
        var (source, sink) = Run(Settings(bytes: 2000));

        await OfferAsync(source, Enumerable.Repeat((Policies, "{\"timestamp\":1685022245478445995,\"n\":0,\"x\":\"" + new string('x', 850) + "\"}"), 3).ToArray());

        (await NextAsync(sink)).ShouldBe("0,0");
    }

    [Fact]
    public async Task The_delay_runs_from_the_first_event_of_a_batch()
    {
        var (source, sink) = Run(Settings());
        Scheduler.Advance(TimeSpan.FromMinutes(10));

        await OfferAsync(source, Wanted(1));
        var batch = NextAsync(sink);
        await AwaitTimerAsync(1);
        Scheduler.Advance(Delay - TimeSpan.FromMilliseconds(1));
        await OfferAsync(source, Wanted(2));
        await TakenAsync(2);
        batch.IsCompleted.ShouldBeFalse();
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));

        (await batch).ShouldBe("0,0,1");
    }

    [Fact]
    public async Task An_idle_stream_sets_no_timer()
    {
        var (source, sink) = Run(Settings(events: 2));
        Scheduler.Asked.ShouldBe(0);

        await OfferAsync(source, Wanted(2));
        (await NextAsync(sink)).ShouldBe("0,1");
        var asked = Scheduler.Asked;
        Scheduler.Advance(TimeSpan.FromHours(1));
        await OfferAsync(source, Wanted(2));
        (await NextAsync(sink)).ShouldBe("0,1");

        asked.ShouldBe(0);
        Scheduler.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Without_delay_what_is_there_goes_at_once_and_what_is_at_hand_goes_together()
    {
        var (source, sink) = Run(Settings(delayMs: 0));
        await OfferAsync(source, Wanted(1));
        (await NextAsync(sink)).ShouldBe("0");

        var together = Source.From(Enumerable.Range(0, 5).Select(_ => Whole(NextBlock(Wanted(2)))).ToList())
            .Concat(Source.Never<EventRun>())
            .Via(Stage(Settings(delayMs: 0)))
            .RunWith(Queue(), _materializer);

        (await NextAsync(together)).ShouldBe("0,1,0,1,0,1,0,1,0,1");
        Scheduler.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Without_demand_a_batch_goes_on_filling_past_its_time_and_stops_pulling_when_full()
    {
        var (source, sink) = Run(Settings(events: 4));
        await OfferAsync(source, Wanted(1));
        await AwaitTimerAsync(1);
        // What the queue's own buffer asks for.
        Scheduler.Advance(Delay);
        await OfferAsync(source, Wanted(1));
        await AwaitTimerAsync(2);
        Scheduler.Advance(Delay);

        await OfferAsync(source, Wanted(1));
        await OfferAsync(source, Wanted(2));
        await TakenAsync(4);
        var withheld = source.OfferAsync(Whole(NextBlock(Wanted(1))));
        var queued = source.OfferAsync(Whole(NextBlock(Wanted(1))));

        (await NextAsync(sink)).ShouldBe("0");
        (await NextAsync(sink)).ShouldBe("0,0,0,1");
        await withheld.WaitAsync(Deadline);
        await queued.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Nothing_is_lost_or_repeated_whatever_the_sizes()
    {
        var random = new Random(42);
        var sizes = Enumerable.Range(0, 200).Select(_ => random.Next(1, 30)).ToArray();
        var runs = sizes.Select(size => Whole(NextBlock(Wanted(size)))).ToList();

        var batches = await Source.From(runs)
            .Via(Stage(Settings(events: 7)))
            .RunAggregate(new List<string>(), (list, batch) => [.. list, Numbers(batch)], _materializer).WaitAsync(Deadline);

        string.Join(",", batches).ShouldBe(string.Join(",", sizes.SelectMany(size => Enumerable.Range(0, size))));
        batches[..^1].ShouldAllBe(batch => batch.Split(',', StringSplitOptions.None).Length == 7);
        AllReleased();
    }

    [Fact]
    public async Task What_it_holds_is_handed_over_when_upstream_ends()
    {
        var (source, sink) = Run(Settings(events: 3));
        await OfferAsync(source, Wanted(5));
        source.Complete();

        (await NextAsync(sink)).ShouldBe("0,1,2");
        (await NextAsync(sink)).ShouldBe("3,4");
        (await sink.PullAsync().WaitAsync(Deadline)).HasValue.ShouldBeFalse();
        AllReleased();
    }

    [Fact]
    public async Task What_it_holds_is_handed_over_when_upstream_fails()
    {
        var (source, sink) = Run(Settings(events: 3));
        await OfferAsync(source, Wanted(5));
        (await NextAsync(sink)).ShouldBe("0,1,2");
        source.Fail(new InvalidOperationException("upstream"));

        (await NextAsync(sink)).ShouldBe("3,4");
        (await Should.ThrowAsync<InvalidOperationException>(() => sink.PullAsync().WaitAsync(Deadline))).Message.ShouldBe("upstream");
    }

    [Fact]
    public async Task What_it_holds_is_handed_over_when_it_is_switched_off()
    {
        var ((source, kill), sink) = Source.Queue<EventRun>(1, OverflowStrategy.Backpressure)
            .ViaMaterialized(KillSwitches.Single<EventRun>(), Keep.Both)
            .Via(Stage(Settings()))
            .ToMaterialized(Queue(), Keep.Both).Run(_materializer);
        await OfferAsync(source, Wanted(2));
        await TakenAsync(1);
        kill.Shutdown();

        (await NextAsync(sink)).ShouldBe("0,1");
    }

    [Fact]
    public async Task Events_nobody_asked_for_become_one_empty_batch_a_second()
    {
        var (source, sink) = Run(Settings());
        var first = sink.PullAsync();
        for (var i = 0; i < 5; i++) await OfferAsync(source, (Audit, "{}"));
        await TakenAsync(5);
        first.IsCompleted.ShouldBeFalse();
        Scheduler.Asked.ShouldBe(1);
        Scheduler.Advance(TimeSpan.FromSeconds(1));

        var batch = (await first.WaitAsync(Deadline)).Value;
        (batch.Events, batch.Covers).ShouldBe((0, new SequenceRange(0, EventBlock.ToSequence(6, 0))));
        Scheduler.Advance(TimeSpan.FromHours(1));
        Scheduler.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Events_nobody_asked_for_are_covered_by_the_next_batch_too()
    {
        var (source, sink) = Run(Settings(events: 1));
        await OfferAsync(source, (Audit, "{}"));
        await OfferAsync(source, (Audit, "{}"), (Policies, Json(0)));

        var batch = (await sink.PullAsync().WaitAsync(Deadline)).Value;

        (batch.Events, batch.Covers).ShouldBe((1, new SequenceRange(0, EventBlock.ToSequence(3, 0))));
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_gives_its_block_back()
    {
        await Source.Single(Whole(NextBlock(Wanted(100)))).Concat(Source.Never<EventRun>())
            .Via(Stage(Settings(events: 1)))
            .Take(2).RunWith(Sink.Ignore<Batch>(), _materializer).WaitAsync(Deadline);

        await AwaitAssertAsync(AllReleased, Deadline);
    }

    private static IntegrationSettings Settings(int events = 100, int bytes = 1_000_000, int? delayMs = null) => Examples.Settings() with
    {
        Delivery = new DeliverySettings { MaxBatchEvents = events, MaxBatchBytes = bytes, MaxBatchDelayMs = delayMs ?? (int)Delay.TotalMilliseconds },
    };

    private static (string, string)[] Wanted(int count) => [.. Enumerable.Range(0, count).Select(i => (Policies, Json(i)))];

    private static string Numbers(Batch batch) => string.Join(",",
        System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(batch.Body)).RootElement.EnumerateArray().Select(e => e.GetProperty("n").GetInt32()));

    private static Sink<Batch, ISinkQueue<Batch>> Queue() => Sink.Queue<Batch>().WithAttributes(Attributes.CreateInputBuffer(1, 1));

    private static async Task<string> NextAsync(ISinkQueue<Batch> sink) => Numbers((await sink.PullAsync().WaitAsync(Deadline)).Value);

    private GroupedWithinStage Stage(IntegrationSettings settings, Cursor? from = null) => new(
        () => new BatchBuilder(Examples.Lane, settings, from ?? Cursor.At(0)), TimeSpan.FromMilliseconds(settings.Delivery.MaxBatchDelayMs), _metrics);

    private (ISourceQueueWithComplete<EventRun> Source, ISinkQueue<Batch> Sink) Run(IntegrationSettings settings) =>
        Source.Queue<EventRun>(1, OverflowStrategy.Backpressure)
            .Via(Stage(settings))
            .ToMaterialized(Queue(), Keep.Both).Run(_materializer);

    private EventBlock NextBlock(params (string, string)[] events)
    {
        var block = Block(_nextBlock++, events);
        _blocks.Add(block);
        return block;
    }

    private async Task OfferAsync(ISourceQueueWithComplete<EventRun> source, params (string, string)[] events) =>
        (await source.OfferAsync(Whole(NextBlock(events))).WaitAsync(Deadline)).ShouldBe(QueueOfferResult.Enqueued.Instance);

    // The stage releases a block when it has copied what it wants of it.
    private Task TakenAsync(int blocks) => AwaitAssertAsync(() => _blocks.Take(blocks).ShouldAllBe(block => IsReleased(block)), Deadline);

    private Task AwaitTimerAsync(int timers) => AwaitAssertAsync(() => Scheduler.Asked.ShouldBe(timers), Deadline);

    private async Task PassAsync(TimeSpan time, Task until)
    {
        await AwaitAssertAsync(() => Scheduler.Asked.ShouldBeGreaterThan(0), Deadline);
        Scheduler.Advance(time);
        await until.WaitAsync(Deadline);
    }

    private void AllReleased() => _blocks.ShouldAllBe(block => IsReleased(block));

    private static bool IsReleased(EventBlock block) => References(block) == 0;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_references")]
    private static extern ref int References(EventBlock block);
}
