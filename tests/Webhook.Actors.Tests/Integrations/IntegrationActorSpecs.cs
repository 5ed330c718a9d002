using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Integrations.IntegrationProtocol;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>One integration between a user (the test's own actor), two lanes behind a region (a probe), the certificates (a probe) and its shard (a probe as parent), in virtual time.</summary>
public class IntegrationActorSpecs : TestKit
{
    private const int Partitions = 2;

    private readonly TestProbe _lanes;
    private readonly TestProbe _shard;
    private readonly TestProbe _certificates;
    private readonly FakeTimeProvider _time = new(Example.Now);
    private IActorRef _integration;

    public IntegrationActorSpecs()
        : base(Example.SpecSettings)
    {
        _lanes = CreateTestProbe("lanes");
        _shard = CreateTestProbe("shard");
        _certificates = CreateTestProbe("certificates");
        _integration = Start();
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Creating_opens_every_lane_before_it_is_stored_and_answered()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: false), TestActor);

        var first = _lanes.ExpectMsg<LaneProtocol.Open>();
        _lanes.Reply(new LaneProtocol.Opened(first.Lane));
        ExpectNoMsg(TimeSpan.Zero);
        var second = _lanes.ExpectMsg<LaneProtocol.Open>();
        _lanes.Reply(new LaneProtocol.Opened(second.Lane));

        new[] { first.Lane.Partition, second.Lane.Partition }.ShouldBe([0, 1]);
        var current = ExpectMsg<Current>();
        current.IsEnabled.ShouldBeFalse();
        current.State.ShouldBe(ConnectionState.NotConnected);
        current.Settings.Endpoint.ShouldBe(Example.Settings.Endpoint);
    }

    [Fact]
    public void Certificates_are_claimed_before_anything_else_and_told_of_afterwards()
    {
        ExpectUses(confirm: true);
        _integration.Tell(new Create(Example.Id, WithCertificates, Enable: true), TestActor);

        _certificates.ExpectMsg<CertificateUse.Claim>().Certificates.ShouldBe([4, 9]);
        _lanes.HasMessages.ShouldBeFalse();
        _certificates.Reply(new CertificateUse.Claimed(Example.Id));
        AnswerTest(Example.Success);
        OpenLanes();
        ExpectMsg<Current>();

        ExpectUses(4, 9, confirm: true);
        _integration.Tell(new Update(Example.Id, 1, WithCertificates with { Channels = [] }, null), TestActor);
        ExpectMsg<Current>();
        _integration.Tell(new Wake(Example.Id));
        Sync();
        _certificates.HasMessages.ShouldBeFalse("all of it is known");

        _integration.Tell(new Update(Example.Id, 2, Example.Settings, Enable: false), TestActor);
        ExpectMsg<Current>();
        ExpectUses(confirm: true);
    }

    [Fact]
    public void A_certificate_that_is_gone_refuses_the_change()
    {
        ExpectUses(confirm: true);
        _integration.Tell(new Create(Example.Id, WithCertificates, Enable: true), TestActor);
        _certificates.ExpectMsg<CertificateUse.Claim>();
        _certificates.Reply(new CertificateUse.Gone(Example.Id, 4));

        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.CertificateGone);
        ExpectUses();
        _lanes.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Certificates_that_do_not_answer_refuse_the_change_and_are_told_when_they_are_back()
    {
        ExpectUses(confirm: true);
        _integration.Tell(new Create(Example.Id, WithCertificates, Enable: false), TestActor);
        _certificates.ExpectMsg<CertificateUse.Claim>();

        Scheduler.Advance(IntegrationActor.LaneMargin);

        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.CertificatesSilent);
        var first = ExpectUses();
        _integration.Tell(new Wake(Example.Id), TestActor);
        ExpectUses().ShouldNotBe(first, "an answer to the first may be late and must not count for this one");
    }

    [Fact]
    public void Its_claim_survives_a_failed_test_only_until_it_has_told()
    {
        ExpectUses(confirm: true);
        _integration.Tell(new Create(Example.Id, WithCertificates, Enable: true), TestActor);
        _certificates.ExpectMsg<CertificateUse.Claim>();
        _certificates.Reply(new CertificateUse.Claimed(Example.Id));
        _integration.Tell(new Wake(Example.Id), TestActor);
        AnswerTest(Example.Failure);

        ExpectMsg<TestFailed>();
        ExpectUses();
    }

    [Fact]
    public void After_a_restart_it_tells_what_it_uses()
    {
        ExpectUses(confirm: true);
        _integration.Tell(new Create(Example.Id, WithCertificates, Enable: false), TestActor);
        _certificates.ExpectMsg<CertificateUse.Claim>();
        _certificates.Reply(new CertificateUse.Claimed(Example.Id));
        OpenLanes();
        ExpectMsg<Current>();
        ExpectUses(4, 9, confirm: true);

        Restart();
        ExpectUses(4, 9, confirm: true);
        _integration.Tell(new Delete(Example.Id), TestActor);
        ExpectUses();
    }

    [Fact]
    public void Lanes_that_do_not_open_leave_nothing_behind()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: false), TestActor);
        _lanes.ExpectMsg<LaneProtocol.Open>();
        _lanes.ExpectMsg<LaneProtocol.Open>();

        Scheduler.Advance(IntegrationActor.LaneMargin);

        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.LanesSilent);
        _lanes.ExpectMsg<LaneProtocol.Remove>();
        _lanes.ExpectMsg<LaneProtocol.Remove>();
        _shard.ExpectMsg<Passivate>();
        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<NotFound>();
    }

    [Fact]
    public void Creating_it_enabled_tests_first_then_opens_then_runs()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: true), TestActor);

        AnswerTest(Example.Success);
        OpenLanes();

        ExpectRun(revision: 1);
        var current = ExpectMsg<Current>();
        current.IsEnabled.ShouldBeTrue();
        current.State.ShouldBe(ConnectionState.Connected);
    }

    [Fact]
    public void Creating_it_enabled_with_a_failing_test_creates_nothing()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: true), TestActor);
        AnswerTest(Example.Failure);

        ExpectMsg<TestFailed>().Report.Error.ShouldBe(Example.Failure.Error);
        _lanes.ExpectNoMsg(TimeSpan.Zero);
        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<NotFound>();
    }

    [Fact]
    public void It_is_enabled_only_after_a_successful_test()
    {
        CreateDisabled();
        _integration.Tell(new Enable(Example.Id), TestActor);
        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.NotTested);

        _integration.Tell(new Test(Example.Id), TestActor);
        AnswerTest(Example.Failure);
        ExpectMsg<TestDone>().Report.Succeeded.ShouldBeFalse();
        _integration.Tell(new Enable(Example.Id), TestActor);
        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.NotTested);

        _integration.Tell(new Test(Example.Id), TestActor);
        AnswerTest(Example.Success);
        ExpectMsg<TestDone>().Report.Succeeded.ShouldBeTrue();
        _integration.Tell(new Enable(Example.Id), TestActor);
        ExpectRun(revision: 1);
        ExpectMsg<Current>().IsEnabled.ShouldBeTrue();
    }

    [Fact]
    public void One_change_at_a_time_and_questions_go_on()
    {
        CreateEnabled();
        _integration.Tell(new Test(Example.Id), TestActor);
        _lanes.ExpectMsg<LaneProtocol.Test>();

        _integration.Tell(new Disable(Example.Id, null), TestActor);
        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.Busy);
        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<Current>();

        _lanes.Reply(Example.Success);
        ExpectMsg<TestDone>();
        _integration.Tell(new Disable(Example.Id, null), TestActor);
        ExpectMsg<Current>().IsEnabled.ShouldBeFalse();
    }

    [Fact]
    public void A_lane_that_never_reports_its_test_does_not_block_the_next_change()
    {
        CreateEnabled();
        _integration.Tell(new Test(Example.Id), TestActor);
        _lanes.ExpectMsg<LaneProtocol.Test>();

        Scheduler.Advance(TimeSpan.FromMilliseconds(Example.Settings.Delivery.TimeoutMs) + IntegrationActor.LaneMargin);
        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.LanesSilent);

        _integration.Tell(new Disable(Example.Id, null), TestActor);
        ExpectMsg<Current>();
    }

    [Fact]
    public void New_settings_of_an_enabled_integration_are_tested_and_run()
    {
        CreateEnabled();
        var faster = Example.Settings with { Delivery = new DeliverySettings { MaxBatchDelayMs = 0 } };

        _integration.Tell(new Update(Example.Id, 1, faster, null), TestActor);
        AnswerTest(Example.Failure);
        ExpectMsg<TestFailed>();
        _lanes.ExpectNoMsg(TimeSpan.Zero);

        _integration.Tell(new Update(Example.Id, 1, faster, null), TestActor);
        AnswerTest(Example.Success);
        ExpectRun(revision: 2).Settings.Delivery.MaxBatchDelayMs.ShouldBe(0);
        ExpectMsg<Current>().Revision.ShouldBe(2);
    }

    [Fact]
    public void New_channels_run_at_once_without_a_test()
    {
        CreateEnabled();
        _integration.Tell(new Update(Example.Id, 1, Example.Settings with { Channels = ["PLATFORM_AUDIT"] }, null), TestActor);

        ExpectRun(revision: 2).Settings.Channels.ShouldBe(["PLATFORM_AUDIT"]);
        ExpectMsg<Current>().IsTested.ShouldBeTrue();
    }

    [Fact]
    public void Disabling_stops_the_lanes_and_reminds_them_until_they_have()
    {
        CreateEnabled();
        _integration.Tell(new Disable(Example.Id, "moved"), TestActor);
        ExpectMsg<Current>().DisabledReason.ShouldBe("moved");
        ExpectStops(0, 1);

        _integration.Tell(new LaneProtocol.Stopped(new LaneId(Example.Id, 0)));
        Sync();
        Scheduler.Advance(IntegrationActor.ReminderInterval);
        ExpectStops(1);

        _integration.Tell(new LaneProtocol.Stopped(new LaneId(Example.Id, 1)));
        Sync();
        Scheduler.Advance(IntegrationActor.ReminderInterval);
        _lanes.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Deleting_removes_the_lanes_and_the_actor_leaves_when_they_are_gone()
    {
        CreateEnabled();
        _integration.Tell(new Delete(Example.Id), TestActor);
        ExpectMsg<Deleted>();
        _lanes.ExpectMsg<LaneProtocol.Remove>().Lane.Partition.ShouldBe(0);
        _lanes.ExpectMsg<LaneProtocol.Remove>().Lane.Partition.ShouldBe(1);

        _integration.Tell(new LaneProtocol.Stopped(new LaneId(Example.Id, 0)));
        Sync();
        _shard.HasMessages.ShouldBeFalse();
        _integration.Tell(new LaneProtocol.Stopped(new LaneId(Example.Id, 1)));
        _shard.ExpectMsg<Passivate>();

        Restart();
        _integration.Tell(new Enable(Example.Id), TestActor);
        ExpectMsg<NotFound>();
    }

    [Fact]
    public void A_deletion_that_lanes_did_not_hear_of_is_repeated_after_a_restart()
    {
        CreateEnabled();
        _integration.Tell(new Delete(Example.Id), TestActor);
        ExpectMsg<Deleted>();
        _lanes.ExpectMsg<LaneProtocol.Remove>();
        _lanes.ExpectMsg<LaneProtocol.Remove>();

        Restart();
        _lanes.ExpectMsg<LaneProtocol.Remove>();
        _lanes.ExpectMsg<LaneProtocol.Remove>();
    }

    [Fact]
    public void A_restart_brings_everything_back_and_the_lanes_run()
    {
        CreateEnabled();
        _integration.Tell(Example.Failed(3, hold: Example.Inhibited));
        ExpectRun(revision: 1, Example.Inhibited);
        _integration.Tell(new Get(Example.Id), TestActor);
        var before = ExpectMsg<Current>();
        before.State.ShouldBe(ConnectionState.Error);

        Restart();

        ExpectRun(revision: 1, Example.Inhibited);
        _integration.Tell(new Get(Example.Id), TestActor);
        var after = ExpectMsg<Current>();
        System.Text.Json.JsonSerializer.Serialize(after).ShouldBe(System.Text.Json.JsonSerializer.Serialize(before));
    }

    [Fact]
    public void A_successful_test_ends_an_inhibition_at_once()
    {
        CreateEnabled();
        _integration.Tell(Example.Failed(3, hold: Example.Inhibited));
        ExpectRun(revision: 1, Example.Inhibited);

        _integration.Tell(new Test(Example.Id), TestActor);
        AnswerTest(Example.Failure);
        ExpectMsg<TestDone>();
        _lanes.ExpectNoMsg(TimeSpan.Zero);
        _integration.Tell(new Test(Example.Id), TestActor);
        AnswerTest(Example.Success);
        ExpectMsg<TestDone>();

        for (var i = 0; i < Partitions; i++) _lanes.ExpectMsg<LaneProtocol.Resume>();
        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<Current>().State.ShouldBe(ConnectionState.Warning);
    }

    [Fact]
    public void Gone_disables_it_with_the_reason_and_asks_for_a_new_test()
    {
        CreateEnabled();

        _integration.Tell(Example.Failed(1, AttemptOutcome.Gone, Example.Inhibited));

        for (var i = 0; i < Partitions; i++) _lanes.ExpectMsg<LaneProtocol.Stop>();
        _integration.Tell(new Get(Example.Id), TestActor);
        var current = ExpectMsg<Current>();
        (current.IsEnabled, current.State, current.DisabledReason).ShouldBe((false, ConnectionState.NotConnected, "disabled because Gone on attempt 1"));
        _integration.Tell(new Enable(Example.Id), TestActor);
        ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.NotTested);
    }

    [Fact]
    public void A_report_about_settings_that_are_no_longer_in_force_changes_nothing()
    {
        CreateEnabled();

        _integration.Tell(Example.Failed(1, AttemptOutcome.Gone) with { Revision = 0 });

        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<Current>().State.ShouldBe(ConnectionState.Connected);
    }

    [Fact]
    public void Every_wake_up_tells_enabled_lanes_to_run_and_leaves_disabled_ones_alone()
    {
        CreateEnabled();
        _integration.Tell(new Wake(Example.Id), TestActor);
        ExpectRun(revision: 1);

        _integration.Tell(new Disable(Example.Id, null), TestActor);
        ExpectMsg<Current>();
        ExpectStops(0, 1);
        _integration.Tell(new Wake(Example.Id), TestActor);
        Sync();
        _lanes.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void One_that_was_never_created_says_so_when_woken_and_leaves()
    {
        _integration.Tell(new Wake(Example.Id), TestActor);

        ExpectMsg<NotFound>();
        _integration.Tell(_shard.ExpectMsg<Passivate>().StopMessage);
        Watch(_integration);
        ExpectTerminated(_integration);
    }

    /// <summary>The catalog wakes an entry just added, its integration asks to leave, and the Create overtakes the shard's consent.</summary>
    [Fact]
    public void Asked_to_leave_while_it_is_being_created_it_answers_first()
    {
        Watch(_integration);
        _integration.Tell(new Wake(Example.Id), TestActor);
        ExpectMsg<NotFound>();
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: true), TestActor);
        _integration.Tell(_shard.ExpectMsg<Passivate>().StopMessage);

        AnswerTest(Example.Success);
        OpenLanes();

        ExpectRun(revision: 1);
        ExpectMsg<Current>().IsEnabled.ShouldBeTrue();
        ExpectTerminated(_integration);
        _integration = Start();
        ExpectRun(revision: 1);
    }

    [Fact]
    public void A_wake_up_while_it_is_being_created_is_not_answered()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: true), TestActor);
        _lanes.ExpectMsg<LaneProtocol.Test>();

        _integration.Tell(new Wake(Example.Id), TestActor);
        Sync();
        HasMessages.ShouldBeFalse();
        _shard.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Errors_are_shown_for_a_day()
    {
        CreateEnabled();
        _integration.Tell(Example.Failed(1));
        _integration.Tell(Example.Delivered);
        _integration.Tell(new Get(Example.Id), TestActor);
        var warned = ExpectMsg<Current>();
        warned.State.ShouldBe(ConnectionState.Warning);
        warned.Errors.ShouldHaveSingleItem().Error.ShouldBe("ServerError on attempt 1");

        _time.Advance(TimeSpan.FromHours(24));
        _integration.Tell(new Get(Example.Id), TestActor);
        var connected = ExpectMsg<Current>();
        connected.State.ShouldBe(ConnectionState.Connected);
        connected.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void After_hundreds_of_events_it_recovers_from_its_snapshot()
    {
        CreateEnabled();
        for (var i = 1; i <= 250; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            _integration.Tell(Example.Failed(i));
            Sync();
        }

        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<Current>().Errors.Count.ShouldBe(100);
        Restart();
        ExpectRun(revision: 1);
        _integration.Tell(new Get(Example.Id), TestActor);
        ExpectMsg<Current>().Errors[^1].Error.ShouldBe("ServerError on attempt 250");
    }

    private IActorRef Start() =>
        _shard.ChildActorOf(IntegrationActor.Props(Example.Id, _lanes.Ref, Partitions, _certificates.Ref, _time));

    private void Restart()
    {
        Watch(_integration);
        Sys.Stop(_integration);
        ExpectTerminated(_integration);
        _integration = Start();
    }

    /// <summary>The integration has dealt with everything it was told before.</summary>
    private void Sync()
    {
        var probe = CreateTestProbe();
        _integration.Tell(new Create(Example.Id, Example.Settings, false), probe.Ref);
        probe.ExpectMsg<Refused>();
    }

    private void CreateDisabled()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: false), TestActor);
        OpenLanes();
        ExpectMsg<Current>();
        ExpectStops(0, 1);
        foreach (var partition in Enumerable.Range(0, Partitions)) _integration.Tell(new LaneProtocol.Stopped(new LaneId(Example.Id, partition)));
    }

    private void CreateEnabled()
    {
        _integration.Tell(new Create(Example.Id, Example.Settings, Enable: true), TestActor);
        AnswerTest(Example.Success);
        OpenLanes();
        ExpectRun(revision: 1);
        ExpectMsg<Current>();
    }

    private void OpenLanes()
    {
        for (var i = 0; i < Partitions; i++)
        {
            var open = _lanes.ExpectMsg<LaneProtocol.Open>();
            _lanes.Reply(new LaneProtocol.Opened(open.Lane));
        }
    }

    private void AnswerTest(LaneProtocol.TestReport report)
    {
        _lanes.ExpectMsg<LaneProtocol.Test>().Lane.Partition.ShouldBe(0);
        _lanes.Reply(report);
    }

    private static IntegrationSettings WithCertificates => Example.Settings with { CertificateId = 4, CaCertificateId = 9 };

    private long ExpectUses(bool confirm = false) => ExpectUses([], confirm);

    private long ExpectUses(long first, long second, bool confirm) => ExpectUses([first, second], confirm);

    private long ExpectUses(long[] certificates, bool confirm)
    {
        var uses = _certificates.ExpectMsg<CertificateUse.Uses>();
        uses.Certificates.ShouldBe(certificates);
        if (confirm) _certificates.Reply(new CertificateUse.UsesKept(Example.Id, uses.Number));
        return uses.Number;
    }

    private LaneProtocol.Run ExpectRun(long revision, DeliveryHold? hold = null)
    {
        var runs = Enumerable.Range(0, Partitions).Select(_ => _lanes.ExpectMsg<LaneProtocol.Run>()).ToList();
        runs.Select(r => (r.Lane.Partition, r.Revision, r.Hold)).ShouldBe([(0, revision, hold), (1, revision, hold)]);
        return runs[0];
    }

    private void ExpectStops(params int[] partitions)
    {
        foreach (var partition in partitions) _lanes.ExpectMsg<LaneProtocol.Stop>().Lane.Partition.ShouldBe(partition);
    }
}
