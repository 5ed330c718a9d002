using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Integrations.CatalogProtocol;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>The catalog with a probe for the integrations' region, in virtual time.</summary>
public class CatalogActorSpecs : TestKit
{
    private readonly TestProbe _integrations;
    private readonly FakeTimeProvider _time = new(Example.Now);
    private IActorRef _catalog;

    public CatalogActorSpecs()
        : base(Example.SpecSettings)
    {
        _integrations = CreateTestProbe("integrations");
        _catalog = Sys.ActorOf(CatalogActor.Props(_integrations.Ref, _time));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_restart_keeps_names_and_never_gives_an_id_twice()
    {
        Add("a").ShouldBe(1);
        Add("b").ShouldBe(2);
        _catalog.Tell(new Remove(new IntegrationId(2)), TestActor);
        ExpectMsg<Removed>();

        Restart();

        Add("c").ShouldBe(3);
        _catalog.Tell(new Add("a"), TestActor);
        ExpectMsg<NameTaken>().By.ShouldBe(new IntegrationId(1));
        _catalog.Tell(new List(new IntegrationId(0)), TestActor);
        ExpectMsg<Page>().Entries.Select(e => (e.Id.Value, e.Name)).ShouldBe([(1, "a"), (3, "c")]);
    }

    [Fact]
    public void All_integrations_are_woken_after_a_start_and_every_ten_seconds_in_portions()
    {
        for (var i = 1; i <= 450; i++) Add($"n{i}");
        Restart();

        Pass(TimeSpan.Zero);
        ExpectWakes(1, 200);
        Pass(CatalogActor.PortionInterval);
        ExpectWakes(201, 200);
        Pass(CatalogActor.PortionInterval);
        ExpectWakes(401, 50);
        Pass(CatalogActor.PortionInterval);
        _integrations.HasMessages.ShouldBeFalse();

        Pass(CatalogActor.RoundInterval);
        ExpectWakes(1, 200);
    }

    [Fact]
    public void An_entry_that_nobody_answers_for_is_dropped_once_it_is_old()
    {
        Add("a");
        _catalog.Tell(new IntegrationProtocol.NotFound(new IntegrationId(1)));
        _catalog.Tell(new Find(new IntegrationId(1)), TestActor);
        ExpectMsg<Found>();

        _time.Advance(CatalogState.TimeToCreate + TimeSpan.FromSeconds(1));
        _catalog.Tell(new IntegrationProtocol.NotFound(new IntegrationId(1)));
        _catalog.Tell(new Find(new IntegrationId(1)), TestActor);
        ExpectMsg<Unknown>();

        Restart();
        _catalog.Tell(new Find(new IntegrationId(1)), TestActor);
        ExpectMsg<Unknown>();
    }

    private long Add(string name)
    {
        _catalog.Tell(new Add(name), TestActor);
        return ExpectMsg<Added>().Entry.Id.Value;
    }

    private void Sync()
    {
        _catalog.Tell(new Find(new IntegrationId(-1)), TestActor);
        ExpectMsg<Unknown>();
    }

    // What the catalog has begun, its next timer among it, is done before and after.
    private void Pass(TimeSpan time)
    {
        Sync();
        Scheduler.Advance(time);
        Sync();
    }

    private void Restart()
    {
        Watch(_catalog);
        Sys.Stop(_catalog);
        ExpectTerminated(_catalog);
        _catalog = Sys.ActorOf(CatalogActor.Props(_integrations.Ref, _time));
    }

    private void ExpectWakes(long first, int count) =>
        Enumerable.Range(0, count).Select(_ => _integrations.ExpectMsg<IntegrationProtocol.Wake>().Integration.Value).ShouldBe(Enumerable.Range((int)first, count).Select(i => (long)i));
}
