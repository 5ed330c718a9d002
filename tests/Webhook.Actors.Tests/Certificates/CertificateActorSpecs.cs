using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;
using Webhook.Actors.Tests.Integrations;
using static Webhook.Actors.Certificates.CertificateProtocol;

namespace Webhook.Actors.Tests.Certificates;

/// <summary>The certificates' singleton in virtual time.</summary>
public class CertificateActorSpecs : TestKit
{
    private readonly FakeTimeProvider _time = new(Example.Now);
    private readonly WebhookMetrics _metrics = new();
    private readonly ExpiryBoard _board;
    private IActorRef _certificates;

    public CertificateActorSpecs()
        : base(Example.SpecSettings)
    {
        _board = new ExpiryBoard(_time, _metrics);
        _certificates = Sys.ActorOf(CertificateActor.Props(_board, _time));
        Sync();
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_restart_keeps_certificates_keys_and_users_and_never_gives_an_id_twice()
    {
        Ask<Done>(CertificateExample.AddClient());
        Ask<Done>(CertificateExample.AddCa());
        Ask<Deleted>(new Delete(2));
        Ask<KeyKept>(new KeepKey("key-2", "EC_P256", CertificateExample.Key));
        Ask<CertificateUse.Claimed>(new CertificateUse.Claim(Example.Id, [1]));

        Restart();

        Ask<Page>(new List(0)).Certificates.Single().Name.ShouldBe("client");
        Ask<InUse>(new Delete(1)).Users.ShouldBe([Example.Id]);
        Ask<Done>(CertificateExample.AddClient(publicKey: "key-2") with { Key = null }).Certificate.Id.ShouldBe(3);
    }

    [Fact]
    public void A_snapshot_brings_the_same_back()
    {
        Ask<Done>(CertificateExample.AddClient());
        for (var i = 0; i < SnapshotSchedule.EventsBetween; i++) Ask<CertificateUse.UsesKept>(new CertificateUse.Uses(new IntegrationId(i + 1), [1], 1));

        Restart();

        Ask<Done>(new Get(1)).Certificate.Users.Count.ShouldBe(SnapshotSchedule.EventsBetween);
    }

    [Fact]
    public void It_warns_thirty_seven_and_one_days_ahead_and_at_the_end_once_each_also_after_a_restart()
    {
        Ask<Done>(CertificateExample.AddClient(lifetime: TimeSpan.FromDays(40)));
        Ask<CertificateUse.UsesKept>(new CertificateUse.Uses(Example.Id, [1], 1));

        Pass(TimeSpan.FromDays(9.5));
        ExpectWarning("expires at", () => Pass(TimeSpan.FromDays(1)));
        ExpectNoWarning(() =>
        {
            Restart();
            Pass(TimeSpan.FromDays(20));
        });
        ExpectWarning("expires at", () => Pass(TimeSpan.FromDays(3)));
        ExpectWarning("expires at", () => Pass(TimeSpan.FromDays(6)));
        ExpectWarning("expired at", () => Pass(TimeSpan.FromDays(1)));
        ExpectNoWarning(() =>
        {
            Restart();
            Pass(TimeSpan.FromDays(30));
        });
    }

    [Fact]
    public void What_comes_with_little_time_left_is_warned_of_at_once_and_a_renewal_begins_anew()
    {
        ExpectWarning("expires at", () => Ask<Done>(CertificateExample.AddClient(lifetime: TimeSpan.FromDays(3))));
        ExpectNoWarning(() => Ask<Done>(new Renew(1, null, CertificateExample.Content(lifetime: TimeSpan.FromDays(31)))));
        ExpectWarning("expires at", () => Pass(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_key_that_waited_thirty_days_is_dropped_and_said_to_be()
    {
        Ask<KeyKept>(new KeepKey("key-1", "EC_P256", CertificateExample.Key));
        Pass(TimeSpan.FromDays(29.9));
        Ask<KeyFound>(new FindKey(["key-1"])).PublicKey.ShouldBe("key-1");

        EventFilter.Warning(start: "The key key-1 has waited 30 days").ExpectOne(() => Pass(TimeSpan.FromDays(0.2)));

        Ask<KeyFound>(new FindKey(["key-1"])).PublicKey.ShouldBeNull();
    }

    [Fact]
    public void The_key_that_is_one_too_many_is_said_to_be_dropped()
    {
        for (var i = 0; i < CertificateState.MaxKeys; i++) Ask<KeyKept>(new KeepKey($"key-{i}", "EC_P256", CertificateExample.Key));

        EventFilter.Warning(start: "The key key-0 is dropped: more than 20 wait").ExpectOne(() => Ask<KeyKept>(new KeepKey("one-more", "EC_P256", CertificateExample.Key)));
    }

    [Fact]
    public void The_board_shows_what_ends_and_is_empty_when_the_singleton_leaves()
    {
        Ask<Done>(CertificateExample.AddClient("soon", lifetime: TimeSpan.FromDays(1)));
        Ask<Done>(CertificateExample.AddCa("later", lifetime: TimeSpan.FromDays(2)));

        _board.Urgent().ShouldBeEmpty("nobody uses it");
        Ask<CertificateUse.UsesKept>(new CertificateUse.Uses(Example.Id, [1, 2], 1));
        _board.Urgent().Single().Name.ShouldBe("soon");
        Measure().ShouldBe(["certificate=1 usage=CLIENT 86400", "certificate=2 usage=CA 172800"]);
        _time.Advance(TimeSpan.FromDays(2.5));
        _board.Urgent().Count.ShouldBe(2);
        Measure().ShouldBe(["certificate=1 usage=CLIENT -129600", "certificate=2 usage=CA -43200"]);

        Stop();
        Measure().ShouldBeEmpty();
    }

    protected override void AfterAll()
    {
        _metrics.Dispose();
        base.AfterAll();
    }

    private static List<string> Measure()
    {
        var seen = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "certificate_expiry_seconds") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            seen.Add(string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}")) + FormattableString.Invariant($" {value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private void ExpectWarning(string what, Action action) => EventFilter.Warning(contains: $"' {what}").ExpectOne(action);

    private void ExpectNoWarning(Action action) => EventFilter.Warning(contains: "Certificate ").Expect(0, action);

    /// <summary>In steps of half a day, as the clock and the scheduler would go together.</summary>
    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromHours(12))
        {
            var step = left < TimeSpan.FromHours(12) ? left : TimeSpan.FromHours(12);
            _time.Advance(step);
            Scheduler.Advance(step);
            Sync();
        }
    }

    private T Ask<T>(object command)
    {
        _certificates.Tell(command, TestActor);
        var reply = ExpectMsg<T>();
        Sync();
        return reply;
    }

    /// <summary>It has dealt with everything it was told and told itself before.</summary>
    private void Sync()
    {
        for (var i = 0; i < 2; i++)
        {
            _certificates.Tell(new Get(-1), TestActor);
            ExpectMsg<Unknown>();
        }
    }

    private void Stop()
    {
        Watch(_certificates);
        Sys.Stop(_certificates);
        ExpectTerminated(_certificates);
    }

    private void Restart()
    {
        Stop();
        _certificates = Sys.ActorOf(CertificateActor.Props(_board, _time));
        Sync();
    }
}
