using Akka.Actor;
using Akka.Hosting;
using static Webhook.Actors.Integrations.DirectoryResult;

namespace Webhook.Actors.Integrations;

/// <summary>Single questions to the catalog and to integrations. Who asks them in which order: <see cref="IntegrationDirectory"/> and <see cref="ManagedIntegrations"/>.</summary>
internal sealed class IntegrationCalls(IRequiredActor<CatalogProxy> catalog, IRequiredActor<IntegrationRegion> integrations, IntegrationSource source)
{
    /// <summary>For a question. A journal that has just started takes a while.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    /// <summary>For a change: beyond the longest test and the opening of the lanes, so that silence means trouble.</summary>
    public static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(100);

    /// <summary>The names and ids alone.</summary>
    /// <exception cref="AskTimeoutException">The catalog does not answer.</exception>
    public async Task<IReadOnlyList<CatalogEntry>> EntriesAsync(CancellationToken cancellation)
    {
        var entries = new List<CatalogEntry>();
        while (true)
        {
            var after = entries.Count == 0 ? new IntegrationId(0) : entries[^1].Id;
            var page = (CatalogProtocol.Page)await AskCatalogAsync(new CatalogProtocol.List(after), cancellation);
            entries.AddRange(page.Entries);
            if (page.IsLast) return entries;
        }
    }

    public async Task<DirectoryResult> ChangeAsync(string name, IntegrationProtocol.IChange change) =>
        await integrations.ActorRef.Ask<IntegrationProtocol.IReply>(change, ChangeTimeout) switch
        {
            IntegrationProtocol.Current current => new Done(new IntegrationView(name, current)),
            IntegrationProtocol.Deleted deleted => new Deleted(deleted.Integration),
            IntegrationProtocol.TestDone done => new Tested(done.Report),
            IntegrationProtocol.TestFailed failed => new TestFailed(failed.Report),
            IntegrationProtocol.Refused refused => new Refused(refused.Integration, refused.Reason),
            IntegrationProtocol.NotFound missing => new NotFound(missing.Integration),
            var reply => throw new InvalidOperationException($"{reply.GetType()} is no answer to {change.GetType()}."),
        };

    public async Task<IntegrationView?> FindAsync(IntegrationId id, CancellationToken cancellation) =>
        await EntryAsync(id, cancellation) is { } entry ? await ViewAsync(entry, cancellation) : null;

    public async Task<CatalogEntry?> EntryAsync(IntegrationId id, CancellationToken cancellation) =>
        (await AskCatalogAsync(new CatalogProtocol.Find(id), cancellation) as CatalogProtocol.Found)?.Entry;

    public async Task<IntegrationView?> ViewAsync(CatalogEntry entry, CancellationToken cancellation)
    {
        var reply = await integrations.ActorRef.Ask<IntegrationProtocol.IReply>(new IntegrationProtocol.Get(entry.Id), AnswerTimeout, cancellation);
        return reply is IntegrationProtocol.Current current ? new IntegrationView(entry.Name, current, source.FileOf(entry)) : null;
    }

    public Task<CatalogProtocol.ICatalogReply> AskCatalogAsync(CatalogProtocol.ICatalogCommand command, CancellationToken cancellation = default) =>
        catalog.ActorRef.Ask<CatalogProtocol.ICatalogReply>(command, AnswerTimeout, cancellation);
}
