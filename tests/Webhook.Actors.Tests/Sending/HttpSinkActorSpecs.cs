using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;
using static Webhook.Actors.Sending.HttpSinkProtocol;

namespace Webhook.Actors.Tests.Sending;

public sealed class HttpSinkActorSpecs : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TestProbe _lane;
    private readonly TestProbe _reports;
    private readonly WatchedTime _time = new();
    private readonly NotingLedger _ledger = new();

    public HttpSinkActorSpecs()
    {
        _lane = CreateTestProbe();
        _reports = CreateTestProbe();
    }

    [Theory]
    [InlineData(2, false, 2)]
    [InlineData(7, true, 1)]
    public async Task Requests_in_flight_never_exceed_the_window(int maxConcurrency, bool isOrdered, int window)
    {
        var gate = new SemaphoreSlim(0);
        var (now, peak) = (0, 0);
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            InterlockedMax(ref peak, Interlocked.Increment(ref now));
            await gate.WaitAsync(context.RequestAborted);
            Interlocked.Decrement(ref now);
        });
        var sink = Sink(receiver, new DeliverySettings { MaxConcurrency = maxConcurrency, Ordered = isOrdered });

        // As the stream would: a batch for every acknowledgement.
        sink.Tell(StreamStarted.Instance, TestActor);
        const int batches = 20;
        for (var i = 0; i < batches; i++)
        {
            if (i >= window)
            {
                await receiver.WaitForAsync(i);
                await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
                gate.Release();
            }

            await ExpectMsgAsync<Ack>(Deadline);
            sink.Tell(Examples.Batch(first: i), TestActor);
        }

        gate.Release(batches);
        await receiver.WaitForAsync(batches, Deadline);
        peak.ShouldBe(window);
    }

    [Fact]
    public async Task A_batch_that_always_breaks_the_receiver_does_not_keep_the_others_for_ever()
    {
        await using var receiver = await Receiver.StartAsync((request, context) =>
        {
            if (request.Headers["X-Webhook-First-Sequence"] == "0") context.Abort();
            return Task.CompletedTask;
        }, keepOnly2xx: true);
        var limits = new SendingLimits(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        var sink = Sink(receiver.Url, new DeliverySettings(), Examples.Services(limits: limits));
        sink.Tell(StreamStarted.Instance, TestActor);

        for (var i = 0; i < 6; i++)
        {
            await ExpectMsgAsync<Ack>(Deadline);
            sink.Tell(Examples.Batch(first: i), TestActor);
        }

        for (var i = 1; i < 6; i++) await _lane.FishForMessageAsync(m => m is Left { IsFinished: true }, Deadline);
    }

    [Fact]
    public async Task What_is_in_flight_has_a_bound_in_bytes_too_but_one_batch_always_goes()
    {
        var gate = new SemaphoreSlim(0);
        await using var receiver = await Receiver.StartAsync((_, context) => gate.WaitAsync(context.RequestAborted));
        var limits = SendingLimits.Default with { MaxBytesInFlight = 1 };
        var sink = Sink(receiver.Url, new DeliverySettings { MaxConcurrency = 8 }, Examples.Services(_time, limits: limits));
        sink.Tell(StreamStarted.Instance, TestActor);

        for (var i = 0; i < 3; i++)
        {
            await ExpectMsgAsync<Ack>(Deadline);
            sink.Tell(Examples.Batch(first: i), TestActor);
            await receiver.WaitForAsync(i + 1);
            await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
            gate.Release();
        }
    }

    [Fact]
    public async Task Ordered_stays_ordered_through_retries()
    {
        var random = new Random(3);
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            if (random.Next(3) == 0) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }, keepOnly2xx: true);
        var sink = Sink(receiver, new DeliverySettings { Ordered = true }, TimeProvider.System);
        sink.Tell(StreamStarted.Instance, TestActor);

        for (var i = 0; i < 6; i++)
        {
            await ExpectMsgAsync<Ack>(Deadline);
            sink.Tell(Examples.Batch(first: i), TestActor);
        }

        await receiver.WaitForAsync(6, Deadline);
        receiver.Requests.Select(r => r.Headers["X-Webhook-First-Sequence"]).ShouldBe(["0", "1", "2", "3", "4", "5"]);
    }

    [Fact]
    public async Task Every_failed_attempt_and_the_first_success_after_it_are_reported()
    {
        var statuses = new ConcurrentQueue<int>([429, 503, 200, 200]);
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            statuses.TryDequeue(out var status);
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var sink = Sink(receiver, new DeliverySettings());

        sink.Tell(Examples.Batch(first: 1), TestActor);
        (await NextReportAsync()).ShouldBe((AttemptOutcome.RateLimited, 1, 429));
        await PassPauseAsync();
        (await NextReportAsync()).ShouldBe((AttemptOutcome.ServerError, 2, 503));
        await PassPauseAsync();
        (await NextReportAsync()).ShouldBe((AttemptOutcome.Delivered, 3, null));
        sink.Tell(Examples.Batch(first: 2), TestActor);
        await receiver.WaitForAsync(4);

        await _lane.FishForMessageAsync(m => m is Left { Range.From: 2, IsFinished: true }, Deadline);
        await _reports.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task An_empty_batch_is_done_without_a_request()
    {
        var sink = Sink(new Uri("http://127.0.0.1:9/"), new DeliverySettings());

        sink.Tell(new Batch([], 0, [], 0)
        {
            Lane = Examples.Lane,
            Output = PayloadFormat.Json,
            FirstSequence = 0,
            LastSequence = 0,
            Covers = new SequenceRange(5, 9),
            Channels = [],
            StoredAtNanoseconds = 0,
        }, TestActor);

        await ExpectMsgAsync<Ack>(Deadline);
        await _lane.ExpectMsgAsync(new Left(new SequenceRange(5, 9), 0, IsFinished: true), Deadline);
    }

    [Fact]
    public async Task Draining_ends_pauses_and_after_a_failure_tries_nothing_more_and_then_stops()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var sink = Sink(receiver, new DeliverySettings());
        Watch(sink);
        sink.Tell(Examples.Batch(first: 1), TestActor);
        await NextReportAsync();

        sink.Tell(Drain.Instance, TestActor);
        await _lane.FishForMessageAsync(m => m is Left { Range.From: 1, IsFinished: false }, Deadline);
        sink.Tell(Examples.Batch(first: 2), TestActor);
        await _lane.FishForMessageAsync(m => m is Left { Range.From: 2, IsFinished: false }, Deadline);
        sink.Tell(StreamEnded.Completed, TestActor);

        await ExpectTerminatedAsync(sink);
        receiver.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Draining_still_sends_what_comes_while_the_receiver_takes_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var sink = Sink(receiver, new DeliverySettings());

        sink.Tell(Drain.Instance, TestActor);
        sink.Tell(Examples.Batch(first: 1), TestActor);

        await _lane.FishForMessageAsync(m => m is Left { IsFinished: true }, Deadline);
    }

    [Fact]
    public async Task Retiring_finishes_what_is_under_way_and_starts_nothing_new()
    {
        var gate = new SemaphoreSlim(0);
        await using var receiver = await Receiver.StartAsync((_, context) => gate.WaitAsync(context.RequestAborted));
        var sink = Sink(receiver, new DeliverySettings());
        Watch(sink);
        sink.Tell(Examples.Batch(first: 1), TestActor);
        await receiver.WaitForAsync(1);

        sink.Tell(Retire.Instance, TestActor);
        sink.Tell(Examples.Batch(first: 2), TestActor);
        sink.Tell(StreamEnded.Completed, TestActor);
        await _lane.FishForMessageAsync(m => m is Left { Range.From: 2, IsFinished: false }, Deadline);
        gate.Release();

        await _lane.FishForMessageAsync(m => m is Left { Range.From: 1, IsFinished: true }, Deadline);
        await ExpectTerminatedAsync(sink);
        receiver.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stopping_cancels_what_is_under_way()
    {
        var aborted = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var sink = Sink(receiver, new DeliverySettings());
        sink.Tell(Examples.Batch(), TestActor);
        await receiver.WaitForAsync(1);

        Sys.Stop(sink);

        await aborted.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task It_stops_when_its_stream_dies_silently()
    {
        var sink = Sink(new Uri("http://127.0.0.1:9/"), new DeliverySettings());
        var stream = CreateTestProbe();
        Watch(sink);
        sink.Tell(StreamStarted.Instance, stream);
        await stream.ExpectMsgAsync<Ack>(Deadline);

        Sys.Stop(stream);

        await ExpectTerminatedAsync(sink);
    }

    private static void InterlockedMax(ref int peak, int value)
    {
        for (var seen = Volatile.Read(ref peak); value > seen; seen = Volatile.Read(ref peak)) Interlocked.CompareExchange(ref peak, value, seen);
    }

    private IActorRef Sink(Receiver receiver, DeliverySettings delivery, TimeProvider? time = null) => Sink(receiver.Url, delivery, time);

    private IActorRef Sink(Uri url, DeliverySettings delivery, TimeProvider? time = null) => Sink(url, delivery, Examples.Services(time ?? _time));

    private IActorRef Sink(Uri url, DeliverySettings delivery, SendingServices services) =>
        _lane.ChildActorOf(HttpSinkActor.Props(Examples.Run(Examples.Settings(url) with { Delivery = delivery }), services, _ledger, _reports));

    private Task<TimeSpan> PassPauseAsync() => _time.PassNextAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2));

    private async Task<(AttemptOutcome, int, int?)> NextReportAsync()
    {
        var report = await _reports.ExpectMsgAsync<DeliveryReport>(Deadline);
        return (report.Outcome, report.Attempt, report.StatusCode);
    }

    private async Task ExpectTerminatedAsync(IActorRef actor) =>
        await FishForMessageAsync(m => m is Terminated terminated && terminated.ActorRef.Equals(actor), Deadline);
}
