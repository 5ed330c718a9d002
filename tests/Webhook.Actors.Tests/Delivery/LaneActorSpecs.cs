using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.AspNetCore.Http;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Delivery;

public sealed class LaneActorSpecs : TestKit, IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TestProbe _reports;
    private readonly SendingServices _sending = Examples.Services(limits: new SendingLimits(TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5)));
    private TestLog _log = new();

    public LaneActorSpecs() => _reports = CreateTestProbe();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Shutdown();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task One_event_then_a_long_pause_then_one_more()
    {
        await using var receiver = await Receiver.StartAsync();
        await RunAsync(receiver);

        await _log.AppendAsync(1);
        await receiver.WaitForAsync(1, Deadline);
        await _log.AppendAsync(1);
        await receiver.WaitForAsync(2, Deadline);

        Numbers(receiver).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_new_lane_starts_at_the_end_of_the_log_and_opening_it_again_changes_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await _log.AppendAsync(3);
        var lane = Lane();
        await OpenAsync(lane);
        await _log.AppendAsync(2);
        await OpenAsync(lane);
        lane.Tell(Run(receiver), TestActor);

        await UntilNumbersAsync(receiver, [3, 4]);
    }

    [Fact]
    public async Task An_outage_longer_than_every_queue_ends_with_everything_delivered()
    {
        var isDown = true;
        await using var receiver = await Receiver.StartAsync((_, context) => Answer(context, Volatile.Read(ref isDown) ? 503 : 200), keepOnly2xx: true);
        await RunAsync(receiver, s => s with { MaxBatchEvents = 5 });
        for (var i = 0; i < 40; i++) await _log.AppendAsync(5);
        await _reports.FishForMessageAsync(m => m is DeliveryReport { Attempt: 2 }, Deadline);

        Volatile.Write(ref isDown, false);

        await UntilNumbersAsync(receiver, Enumerable.Range(0, 200));
        await _reports.FishForMessageAsync(m => m is DeliveryReport { Outcome: AttemptOutcome.Delivered }, Deadline);
    }

    [Fact]
    public async Task A_refused_event_is_a_dead_letter_as_it_was_accepted_and_its_neighbours_arrive()
    {
        await using var receiver = await Receiver.StartAsync(static (request, context) => Answer(context, Numbers(request).Contains(3) ? 422 : 200), keepOnly2xx: true);
        var lane = Lane();
        await OpenAsync(lane);
        await _log.AppendAsync(6);
        lane.Tell(Run(receiver) with { Settings = Run(receiver).Settings with { TimestampResolution = TimestampResolution.Seconds } }, TestActor);

        await UntilNumbersAsync(receiver, [0, 1, 2, 4, 5]);

        _lanes[7] = lane;
        await ProgressAsync(7, p => p.Cursor == p.Head);
        var letter = (await _log.DeadLetters.ListAsync(7, new DeadLetterFilter(), null, 10, CancellationToken.None)).ShouldHaveSingleItem();
        letter.ShouldSatisfyAllConditions(
            l => Encoding.UTF8.GetString(l.Event.Span).ShouldBe(TestEvents.Json(3)),
            l => l.Id.ShouldBe(new DeadLetterId(0, EventBlock.ToSequence(1, 3))),
            l => l.Channel.ShouldBe(TestEvents.Policies),
            l => l.StatusCode.ShouldBe(422));
    }

    [Fact]
    public async Task Every_attempt_is_in_the_delivery_log()
    {
        var answers = 0;
        await using var receiver = await Receiver.StartAsync((_, context) => Answer(context, Interlocked.Increment(ref answers) == 1 ? 503 : 200));
        await RunAsync(receiver);
        await _log.AppendAsync(1);
        await receiver.WaitForAsync(2, Deadline);
        await ProgressAsync(7, p => p.Cursor == p.Head);

        var attempts = await _log.Attempts.ListAsync(new IntegrationId(7), 10, new DeliveryFilter(), CancellationToken.None);

        attempts.Select(a => (a.Attempt, a.Outcome, a.StatusCode)).ShouldBe([(2, "delivered", 200), (1, "server_error", 503)]);
        attempts.ShouldAllBe(a => a.Batch == receiver.Requests.First().Headers["webhook-id"] && a.Kind == BatchKind.Delivery);
    }

    [Fact]
    public async Task A_healthy_lane_is_not_held_back_by_one_that_fails()
    {
        await using var failing = await Receiver.StartAsync(static (_, context) => Answer(context, 500));
        await using var fine = await Receiver.StartAsync();
        await RunAsync(failing, id: 1);
        await RunAsync(fine, id: 2);

        for (var i = 0; i < 20; i++) await _log.AppendAsync(3);

        await UntilNumbersAsync(fine, Enumerable.Range(0, 60));
        await failing.WaitAsync(got => got.GroupBy(r => r.Headers["webhook-id"]).Any(g => g.Count() >= 2), Deadline);
        (await ProgressAsync(1)).Cursor.ShouldBeLessThan((await ProgressAsync(2)).Cursor);
    }

    [Fact]
    public async Task What_was_cut_and_not_delivered_goes_out_under_the_same_identity_after_a_restart_and_with_other_settings()
    {
        var isDown = true;
        await using var receiver = await Receiver.StartAsync((_, context) => Answer(context, Volatile.Read(ref isDown) ? 503 : 200));
        var lane = await RunAsync(receiver, s => s with { MaxBatchEvents = 4 });
        for (var i = 0; i < 5; i++) await _log.AppendAsync(3);
        await receiver.WaitForAsync(2, Deadline);
        Watch(lane);
        Sys.Stop(lane);
        await FishForMessageAsync(m => m is Terminated, Deadline);
        var sent = receiver.Requests.Select(r => (r.Headers["webhook-id"], Encoding.UTF8.GetString(r.Body))).ToHashSet();

        Volatile.Write(ref isDown, false);
        Lane().Tell(Run(receiver, s => s with { MaxBatchEvents = 5, MaxConcurrency = 1 }), TestActor);

        await receiver.WaitAsync(static got => Enumerable.Range(0, 15).ToHashSet().IsSubsetOf(got.SelectMany(Numbers)), Deadline);
        var taken = receiver.Requests.GroupBy(r => r.Headers["webhook-id"]).ToDictionary(g => g.Key, g => g.Select(r => Encoding.UTF8.GetString(r.Body)).Distinct().Single());
        foreach (var (id, body) in sent) taken[id].ShouldBe(body);
        taken.Values.SelectMany(body => JsonDocument.Parse(body).RootElement.EnumerateArray().Select(e => e.GetProperty("n").GetInt32())).Order().ShouldBe(Enumerable.Range(0, 15));
    }

    [Fact]
    public async Task New_settings_take_over_at_once_in_the_middle_of_retries_with_the_backlog()
    {
        await using var dead = await Receiver.StartAsync(static (_, context) =>
        {
            context.Response.Headers.RetryAfter = "300";
            return Answer(context, 503);
        });
        await using var alive = await Receiver.StartAsync();
        var lane = await RunAsync(dead, s => s with { MaxBatchEvents = 4 });
        for (var i = 0; i < 30; i++) await _log.AppendAsync(4);
        await dead.WaitForAsync(1, Deadline);

        lane.Tell(Run(alive, revision: 2), TestActor);

        // Well before the receiver's Retry-After, and before the old attempts' time.
        await UntilNumbersAsync(alive, Enumerable.Range(0, 120), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task New_settings_wait_for_what_is_under_way_and_repeat_nothing_of_it()
    {
        var gate = new SemaphoreSlim(0);
        await using var slow = await Receiver.StartAsync((_, context) => gate.WaitAsync(context.RequestAborted));
        await using var next = await Receiver.StartAsync();
        var lane = await RunAsync(slow, s => s with { MaxBatchEvents = 2, Ordered = true });
        await _log.AppendAsync(10);
        await slow.WaitForAsync(1, Deadline);

        lane.Tell(Run(next, revision: 2), TestActor);
        lane.Tell(Run(next, revision: 1), TestActor);
        gate.Release();

        await UntilNumbersAsync(next, Enumerable.Range(2, 8));
        Numbers(slow).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Stopping_in_backoff_is_answered_at_once_and_the_backlog_stays()
    {
        await using var dead = await Receiver.StartAsync(static (_, context) =>
        {
            context.Response.Headers.RetryAfter = "300";
            return Answer(context, 503);
        });
        var lane = await RunAsync(dead);
        await _log.AppendAsync(5);
        await dead.WaitForAsync(1, Deadline);

        lane.Tell(new LaneProtocol.Stop(Id()), TestActor);

        await ExpectMsgAsync(new LaneProtocol.Stopped(Id()), Deadline);
        await using var alive = await Receiver.StartAsync();
        lane.Tell(Run(alive), TestActor);
        await UntilNumbersAsync(alive, Enumerable.Range(0, 5));
    }

    [Fact]
    public async Task Stopping_with_a_receiver_that_hangs_is_bounded_by_the_drain_timeout()
    {
        await using var hanging = await Receiver.StartAsync(static (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var lane = await RunAsync(hanging, drain: TimeSpan.FromMilliseconds(200));
        await _log.AppendAsync(5);
        await hanging.WaitForAsync(1, Deadline);

        lane.Tell(new LaneProtocol.Stop(Id()), TestActor);

        await ExpectMsgAsync(new LaneProtocol.Stopped(Id()), Deadline);
    }

    [Fact]
    public async Task A_hand_off_sends_the_batch_that_was_still_filling_saves_the_cursor_and_stops()
    {
        await using var receiver = await Receiver.StartAsync();
        var lane = await RunAsync(receiver, s => s with { MaxBatchDelayMs = 300_000 });
        await _log.AppendAsync(5);
        await ProgressAsync(7, p => p.Head > p.Cursor);
        Watch(lane);

        lane.Tell(LaneHandOff.Instance, TestActor);

        await FishForMessageAsync(m => m is Terminated, Deadline);
        Numbers(receiver).ShouldBe([0, 1, 2, 3, 4]);
        (await _log.Cursors.LoadAsync(new CursorKey(7, 0), CancellationToken.None))!.Sequence.ShouldBe(_log.Reader.Bounds(0).Head);
    }

    [Fact]
    public async Task What_comes_while_disabled_is_delivered_when_enabled_again()
    {
        await using var receiver = await Receiver.StartAsync();
        var lane = await RunAsync(receiver);
        await _log.AppendAsync(1);
        await receiver.WaitForAsync(1, Deadline);
        lane.Tell(new LaneProtocol.Stop(Id()), TestActor);
        await ExpectMsgAsync(new LaneProtocol.Stopped(Id()), Deadline);

        await _log.AppendAsync(4);
        lane.Tell(Run(receiver), TestActor);

        await UntilNumbersAsync(receiver, Enumerable.Range(0, 5));
    }

    [Fact]
    public async Task A_cold_backlog_larger_than_the_tail_is_delivered_whole()
    {
        await _log.DisposeAsync();
        _log = new TestLog(tailBytes: 2048);
        await using var receiver = await Receiver.StartAsync();
        await OpenAsync(Lane());
        for (var i = 0; i < 50; i++) await _log.AppendAsync(100);

        Lane().Tell(Run(receiver, s => s with { MaxBatchEvents = 300 }), TestActor);

        await UntilNumbersAsync(receiver, Enumerable.Range(0, 5000));
    }

    [Fact]
    public async Task The_death_of_the_sink_restarts_the_stream_from_the_cursor()
    {
        await using var receiver = await Receiver.StartAsync();
        var lane = await RunAsync(receiver);
        await _log.AppendAsync(1);
        await receiver.WaitForAsync(1, Deadline);
        var sink = await Sys.ActorSelection(lane.Path / "sink-1").ResolveOne(Deadline);

        Sys.Stop(sink);
        await _log.AppendAsync(1);

        await UntilNumbersAsync(receiver, [0, 1]);
    }

    [Fact]
    public async Task Events_of_other_channels_move_the_cursor_without_a_request()
    {
        await using var receiver = await Receiver.StartAsync();
        await RunAsync(receiver);

        await _log.AppendAsync(10, TestEvents.Audit);

        await ProgressAsync(7, p => p.Cursor == p.Head && p.OldestUndelivered is null);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_cursor_starts_at_the_oldest_event_kept_with_a_warning()
    {
        await using var receiver = await Receiver.StartAsync();
        await _log.AppendAsync(3);

        await EventFilter.Warning(contains: "its cursor is missing").ExpectOneAsync(Deadline, async () =>
        {
            Lane().Tell(Run(receiver), TestActor);
            await receiver.WaitForAsync(1, Deadline);
        });

        Numbers(receiver).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_removed_lane_drops_its_cursor_and_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        var lane = await RunAsync(receiver);
        Watch(lane);

        lane.Tell(new LaneProtocol.Remove(Id()), TestActor);

        await ExpectMsgAsync(new LaneProtocol.Stopped(Id()), Deadline);
        await FishForMessageAsync(m => m is Terminated, Deadline);
        (await _log.Cursors.LoadAsync(new CursorKey(7, 0), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_test_sends_one_signed_sample_and_reports_every_stage()
    {
        var secret = _sending.Secrets.Protect("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        await using var receiver = await Receiver.StartAsync(listen: static listen => Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(listen, TestCertificate.Create()));

        Lane().Tell(new LaneProtocol.Test(Id(), Examples.Settings(receiver.Url) with
        {
            IsInsecure = true,
            Authentication = Authentication.Signature,
            Secrets = [secret],
        }), TestActor);

        var report = await ExpectMsgAsync<LaneProtocol.TestReport>(Deadline);
        report.ShouldSatisfyAllConditions(
            () => report.Succeeded.ShouldBeTrue(),
            () => report.StatusCode.ShouldBe(200),
            () => report.Error.ShouldBeNull(),
            () => report.Stages.Select(s => s.Name).ShouldBe(["resolve", "address", "connect", "tls", "request", "status"]),
            () => report.Stages.ShouldAllBe(s => s.Succeeded && s.Milliseconds >= 0));
        var request = receiver.Requests.Single();
        var timestamp = long.Parse(request.Headers["webhook-timestamp"]);
        request.Headers["webhook-signature"].ShouldBe(StandardWebhooksSignature.Sign(
            StandardWebhooksSignature.Key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), request.Headers["webhook-id"], timestamp, request.Body));
        JsonDocument.Parse(request.Body).RootElement[0].GetProperty("labels").GetProperty("webhook.test").GetString().ShouldBe("true");
    }

    [Theory]
    [InlineData("http://no-such-host.invalid/", "resolve")]
    [InlineData("http://127.0.0.1:1/", "connect")]
    public async Task A_test_ends_with_the_stage_that_failed(string url, string stage)
    {
        Lane().Tell(new LaneProtocol.Test(Id(), Examples.Settings(new Uri(url))), TestActor);

        var report = await ExpectMsgAsync<LaneProtocol.TestReport>(Deadline);

        report.Succeeded.ShouldBeFalse();
        report.Stages[^1].Name.ShouldBe(stage);
        report.Stages[^1].Succeeded.ShouldBeFalse();
        report.Stages.SkipLast(1).ShouldAllBe(s => s.Succeeded);
        report.Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_test_shows_what_the_receiver_answered_without_our_secret()
    {
        await using var receiver = await Receiver.StartAsync(static async (request, context) =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("not allowed: " + request.Headers["Authorization"]);
        });

        Lane().Tell(new LaneProtocol.Test(Id(), Examples.Settings(receiver.Url) with
        {
            Authentication = Authentication.BearerToken,
            Secrets = [_sending.Secrets.Protect("t0p-secret")],
        }), TestActor);

        var report = await ExpectMsgAsync<LaneProtocol.TestReport>(Deadline);
        report.Stages[^1].ShouldSatisfyAllConditions(
            s => s.Name.ShouldBe("status"),
            s => s.Detail.ShouldBe("the receiver answered 403; check the authentication and the secret: not allowed: Bearer ***"));
    }

    private static LaneId Id(long id = 7) => new(new IntegrationId(id), 0);

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static LaneProtocol.Run Run(Receiver receiver, Func<DeliverySettings, DeliverySettings>? delivery = null, long id = 7, long revision = 1)
    {
        var settings = Examples.Settings(receiver.Url);
        return new LaneProtocol.Run(Id(id), revision, settings with { Delivery = (delivery ?? (static s => s))(settings.Delivery) });
    }

    private static List<int> Numbers(Receiver receiver) => [.. receiver.Requests.SelectMany(Numbers).Order()];

    private static IEnumerable<int> Numbers(ReceivedRequest request) =>
        JsonDocument.Parse(Encoding.UTF8.GetString(request.Body)).RootElement.EnumerateArray().Select(e => e.GetProperty("n").GetInt32());

    private static async Task UntilNumbersAsync(Receiver receiver, IEnumerable<int> expected, TimeSpan? deadline = null)
    {
        var wanted = expected.ToHashSet();
        await receiver.WaitAsync(got => wanted.IsSubsetOf(got.SelectMany(Numbers)), deadline ?? Deadline);
        Numbers(receiver).ShouldBe(wanted.Order());
    }

    private IActorRef Lane(long id = 7, TimeSpan? drain = null) => Sys.ActorOf(LaneActor.Props(
        Id(id),
        new LaneServices(_log.Reader, _log.Cursors, _log.DeadLetters, _log.Attempts, _sending, new LaneGauges(_log.Reader, TimeProvider.System, _sending.Metrics), drain ?? TimeSpan.FromSeconds(10)),
        _reports));

    private async Task<IActorRef> RunAsync(
        Receiver receiver, Func<DeliverySettings, DeliverySettings>? delivery = null, long id = 7, TimeSpan? drain = null)
    {
        var lane = Lane(id, drain);
        await OpenAsync(lane, id);
        lane.Tell(Run(receiver, delivery, id), TestActor);
        _lanes[id] = lane;
        return lane;
    }

    private readonly Dictionary<long, IActorRef> _lanes = [];

    private async Task OpenAsync(IActorRef lane, long id = 7)
    {
        lane.Tell(new LaneProtocol.Open(Id(id)), TestActor);
        await ExpectMsgAsync(new LaneProtocol.Opened(Id(id)), Deadline);
    }

    private Task<LaneProtocol.Progress> ProgressAsync(long id) => _lanes[id].Ask<LaneProtocol.Progress>(new LaneProtocol.GetProgress(Id(id)), Deadline);

    private Task ProgressAsync(long id, Func<LaneProtocol.Progress, bool> until) =>
        AwaitAssertAsync(async () => until(await ProgressAsync(id)).ShouldBeTrue((await ProgressAsync(id)).ToString()), Deadline);
}
