using Akka.Actor;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Delivery;

public sealed class CursorReconciliationActorSpecs : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Only_cursors_of_integrations_that_no_page_of_the_catalog_names_are_dropped()
    {
        await using var log = new TestLog();
        foreach (var id in new long[] { 1, 2, 3, 4 }) await log.Cursors.SaveDurablyAsync(new CursorKey(id, 0), Cursor.At(0), CancellationToken.None);
        var catalog = CreateTestProbe();
        var reconciliation = Sys.ActorOf(CursorReconciliationActor.Props(log.Cursors, () => catalog));
        Watch(reconciliation);

        await catalog.ExpectMsgAsync(new CatalogProtocol.List(default), Deadline);
        catalog.Reply(Page(isLast: false, 1));
        await catalog.ExpectMsgAsync(new CatalogProtocol.List(new IntegrationId(1)), Deadline);
        catalog.Reply(Page(isLast: true, 3, 9));

        await ExpectMsgAsync<Terminated>(Deadline);
        (await log.Cursors.ListAsync(CancellationToken.None)).Keys.Select(key => key.Integration).Order().ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Cursors_with_ids_that_the_catalog_never_gave_are_kept_because_the_journal_was_lost()
    {
        await using var log = new TestLog();
        foreach (var id in new long[] { 1, 2, 3 }) await log.Cursors.SaveDurablyAsync(new CursorKey(id, 0), Cursor.At(0), CancellationToken.None);
        var catalog = CreateTestProbe();
        Watch(Sys.ActorOf(CursorReconciliationActor.Props(log.Cursors, () => catalog)));

        await catalog.ExpectMsgAsync(new CatalogProtocol.List(default), Deadline);
        catalog.Reply(new CatalogProtocol.Page([], IsLast: true, NextId: 2));

        await ExpectMsgAsync<Terminated>(Deadline);
        (await log.Cursors.ListAsync(CancellationToken.None)).Keys.Select(key => key.Integration).Order().ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Without_cursors_nobody_is_asked()
    {
        await using var log = new TestLog();
        var catalog = CreateTestProbe();
        Watch(Sys.ActorOf(CursorReconciliationActor.Props(log.Cursors, () => catalog)));

        await ExpectMsgAsync<Terminated>(Deadline);
        await catalog.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private static CatalogProtocol.Page Page(bool isLast, params long[] ids) =>
        new([.. ids.Select(id => new CatalogEntry(new IntegrationId(id), $"i{id}", default))], isLast, 10);
}
