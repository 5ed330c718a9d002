using Akka.Actor;
using Akka.Event;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Delivery;

/// <summary>
/// After a start, drops the cursors of integrations that the catalog no longer knows: what a crash in the middle of creating or deleting one leaves behind, and
/// what would hold on to events for ever. Then it stops.
/// </summary>
/// <remarks>
/// Cursors are listed before the catalog is: an integration is in the catalog before it has a cursor, so that one without an entry had it taken away.
/// One with an id that the catalog never gave has not: the journal was lost or replaced by an older one. Its cursor stays, and with it the events.
/// <code>Listing cursors --listed--> Asking the catalog, page by page --last page--> Deleting --done--> stopped</code>
/// </remarks>
internal sealed class CursorReconciliationActor : UntypedActor
{
    // The catalog is a singleton that may still be starting; it is asked until it answers.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ICursorStore _cursors;
    private readonly Func<IActorRef> _catalog;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<long> _known = [];
    private IReadOnlyCollection<CursorKey> _found = [];
    private IntegrationId _after;

    public CursorReconciliationActor(ICursorStore cursors, Func<IActorRef> catalog)
    {
        _cursors = cursors;
        _catalog = catalog;
    }

    /// <param name="catalog">Looked up when it is needed: the order in which actors are made is nobody's promise.</param>
    public static Props Props(ICursorStore cursors, Func<IActorRef> catalog) =>
        Akka.Actor.Props.Create(() => new CursorReconciliationActor(cursors, catalog));

    /// <summary>The cursors nobody needs any more.</summary>
    /// <param name="nextId">Of the catalog: it has given every id below.</param>
    internal static IEnumerable<CursorKey> Orphans(IEnumerable<CursorKey> cursors, IReadOnlySet<long> known, long nextId) =>
        cursors.Where(key => !known.Contains(key.Integration) && key.Integration < nextId);

    protected override void PreStart() => _cursors.ListAsync(CancellationToken.None).AsTask()
        .PipeTo(Self, success: static cursors => new Listed([.. cursors.Keys]));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Listed listed when listed.Keys.Count == 0:
            case Deleted:
                Context.Stop(Self);
                break;
            case Listed listed:
                _found = listed.Keys;
                Context.SetReceiveTimeout(AskAgainAfter);
                Ask();
                break;
            case ReceiveTimeout:
                Ask();
                break;
            case CatalogProtocol.Page page:
                Read(page);
                break;
            case Status.Failure failure:
                _log.Warning(failure.Cause, "Cursors of integrations that are gone could not be dropped; the next start tries again");
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask() => _catalog().Tell(new CatalogProtocol.List(_after));

    private void Read(CatalogProtocol.Page page)
    {
        // An answer to a question asked twice comes twice; reading it again changes nothing.
        foreach (var entry in page.Entries) _known.Add(entry.Id.Value);
        if (!page.IsLast)
        {
            _after = page.Entries[^1].Id;
            Ask();
            return;
        }

        Context.SetReceiveTimeout(null);
        foreach (var forgotten in _found.Select(static key => key.Integration).Where(id => id >= page.NextId).Distinct())
        {
            _log.Error(
                "The log holds events for integration {Integration}, which the journal does not know and never made: journal.db was lost or replaced. They are kept until they are past retention; "
                + "stop the program and restore the journal, or make the integration again: the next one gets the id {NextId}", forgotten, page.NextId);
        }

        DeleteAsync([.. Orphans(_found, _known, page.NextId)]).PipeTo(Self);
    }

    private async Task<Deleted> DeleteAsync(IReadOnlyList<CursorKey> orphans)
    {
        foreach (var key in orphans)
        {
            await _cursors.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            _log.Info("Dropped the cursor of integration {Integration} in partition {Partition}: there is no such integration", key.Integration, key.Partition);
        }

        return new Deleted();
    }

    private sealed record Listed(IReadOnlyCollection<CursorKey> Keys) : INoSerializationVerificationNeeded;

    private sealed record Deleted : INoSerializationVerificationNeeded;
}
