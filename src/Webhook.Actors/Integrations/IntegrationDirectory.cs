using Akka.Actor;
using Akka.Hosting;
using static Webhook.Actors.Integrations.DirectoryResult;

namespace Webhook.Actors.Integrations;

/// <summary>All integrations, for the API and the console: asks the catalog and the integrations in the right order. What can be expected to go wrong is in the answers.</summary>
/// <remarks>
/// <para>Create: the catalog gives name and id → the integration comes to be → if it refuses, the catalog forgets it. After silence the entry stays: the catalog drops it
/// itself if nothing came of it. Changes go on when whoever asked goes away; questions do not.</para>
/// <para>Update: new name → new settings → if they are refused, the old name. Delete: the integration → its entry.</para>
/// </remarks>
internal sealed class IntegrationDirectory(
    IRequiredActor<CatalogProxy> catalog, IRequiredActor<IntegrationRegion> integrations, IRequiredActor<LaneRegion> lanes,
    IRequiredActor<CertificatesProxy> certificates, IntegrationValidator validator, SecretRotation rotation, TimeProvider time, int partitions)
{
    /// <summary>For a question. A journal that has just started takes a while.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    /// <summary>For a change: beyond the longest test and the opening of the lanes, so that silence means trouble.</summary>
    public static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(100);

    /// <summary>For how far it is, which is told beside the state and not worth a long wait.</summary>
    public static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(5);

    // Integrations asked at the same time for a list.
    private const int ListParallelism = 64;

    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> CreateAsync(IntegrationRequest? request, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (await ValidateAsync(request, null, errors) is not { } valid) return new Invalid(errors.All);
        var reply = await AskCatalogAsync(new CatalogProtocol.Add(valid.Name));
        if (reply is CatalogProtocol.NameTaken taken) return new NameTaken(taken.Name, taken.By);

        var entry = ((CatalogProtocol.Added)reply).Entry;
        var result = await ChangeAsync(entry.Name, new IntegrationProtocol.Create(entry.Id, valid.Settings, valid.IsEnabled ?? false));
        if (result is not Done) await AskCatalogAsync(new CatalogProtocol.Remove(entry.Id));
        return result;
    });

    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> UpdateAsync(IntegrationId id, IntegrationRequest? request, SettingErrors errors) =>
        AnswerAsync(async () =>
        {
            if (await FindAsync(id, default) is not { } current) return new NotFound(id);
            if (await ValidateAsync(request, current.Settings, errors) is not { } valid) return new Invalid(errors.All);
            var settings = SecretRotation.WithoutExpired(current.Settings, valid.Settings, time.GetUtcNow());
            if (valid.Name != current.Name)
            {
                var reply = await AskCatalogAsync(new CatalogProtocol.Rename(id, valid.Name));
                if (reply is CatalogProtocol.NameTaken taken) return new NameTaken(taken.Name, taken.By);
                if (reply is CatalogProtocol.Unknown) return new NotFound(id);
            }

            var change = new IntegrationProtocol.Update(id, current.Current.Revision, settings, valid.IsEnabled);
            var result = await ChangeAsync(valid.Name, change);
            if (result is Done done) return done with { Before = current };
            if (valid.Name != current.Name) await AskCatalogAsync(new CatalogProtocol.Rename(id, current.Name));
            return result;
        });

    /// <summary>A new secret beside the old ones; an enabled integration is tested with it first, as with any update.</summary>
    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> RotateAsync(IntegrationId id, SecretRotationRequest? request, SettingErrors errors) =>
        AnswerAsync(async () =>
        {
            if (await FindAsync(id, default) is not { } current) return new NotFound(id);
            if (request is null || rotation.Rotate(request, current.Settings, time.GetUtcNow(), errors) is not { } settings) return new Invalid(errors.All);
            var result = await ChangeAsync(current.Name, new IntegrationProtocol.Update(id, current.Current.Revision, settings, null));
            return result is Done done ? done with { Before = current } : result;
        });

    public Task<DirectoryResult> GetAsync(IntegrationId id, CancellationToken cancellation) =>
        AnswerAsync(async () => await FindAsync(id, cancellation) is { } found ? new Done(found) : new NotFound(id));

    public Task<DirectoryResult> TestAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.Test(id));

    public Task<DirectoryResult> EnableAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.Enable(id));

    public Task<DirectoryResult> DisableAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.Disable(id, null));

    /// <summary>For <see cref="IntegrationReplays"/>.</summary>
    public Task<DirectoryResult> StartReplayAsync(IntegrationId id, IReadOnlyList<ReplayStretch> stretches, double maxRequestsPerSecond) =>
        ChangeAsync(id, new IntegrationProtocol.StartReplay(id, stretches, maxRequestsPerSecond));

    public Task<DirectoryResult> StopReplayAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.StopReplay(id));

    public Task<DirectoryResult> DeleteAsync(IntegrationId id) => AnswerAsync(async () =>
    {
        if (await EntryAsync(id, default) is not { } entry) return new NotFound(id);
        var result = await ChangeAsync(entry.Name, new IntegrationProtocol.Delete(id));
        if (result is Deleted or NotFound) await AskCatalogAsync(new CatalogProtocol.Remove(id));
        return result is Deleted deleted ? deleted with { Name = entry.Name } : result;
    });

    /// <summary>All integrations by id; those that come or go meanwhile may be missing.</summary>
    /// <exception cref="AskTimeoutException">The catalog or an integration does not answer.</exception>
    public async Task<IReadOnlyList<IntegrationView>> ListAsync(CancellationToken cancellation)
    {
        var views = new List<IntegrationView>();
        foreach (var entries in (await EntriesAsync(cancellation)).Chunk(ListParallelism))
        {
            var found = await Task.WhenAll(entries.Select(entry => ViewAsync(entry, cancellation)));
            views.AddRange(found.OfType<IntegrationView>());
        }

        return views;
    }

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

    /// <summary>How far the integration's lanes are, by partition; null when one of them does not answer.</summary>
    public async Task<IReadOnlyList<LaneProtocol.Progress>?> ProgressAsync(IntegrationId id, CancellationToken cancellation)
    {
        try
        {
            return await Task.WhenAll(Enumerable.Range(0, partitions).Select(partition => lanes.ActorRef.Ask<LaneProtocol.Progress>(
                new LaneProtocol.GetProgress(new LaneId(id, partition)), ProgressTimeout, cancellation)));
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private static async Task<DirectoryResult> AnswerAsync(Func<Task<DirectoryResult>> work)
    {
        try
        {
            return await work();
        }
        catch (AskTimeoutException)
        {
            return new Unanswered();
        }
    }

    private async Task<ValidIntegration?> ValidateAsync(IntegrationRequest? request, IntegrationSettings? current, SettingErrors errors)
    {
        if (request is null) return null;
        long[] named = [.. ((long?[])[request.Connection.CertificateId, request.Connection.CaCertificateId]).OfType<long>()];
        var known = named.Length == 0
            ? CertificateUse.Described.None
            : await certificates.ActorRef.Ask<CertificateUse.Described>(new CertificateUse.Describe(named), AnswerTimeout);
        return validator.Validate(request, current, known, errors);
    }

    private Task<DirectoryResult> ChangeAsync(IntegrationId id, IntegrationProtocol.IChange change) => AnswerAsync(async () =>
        await EntryAsync(id, default) is { } entry ? await ChangeAsync(entry.Name, change) : new NotFound(id));

    private async Task<DirectoryResult> ChangeAsync(string name, IntegrationProtocol.IChange change) =>
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

    private async Task<IntegrationView?> FindAsync(IntegrationId id, CancellationToken cancellation) =>
        await EntryAsync(id, cancellation) is { } entry ? await ViewAsync(entry, cancellation) : null;

    private async Task<CatalogEntry?> EntryAsync(IntegrationId id, CancellationToken cancellation) =>
        (await AskCatalogAsync(new CatalogProtocol.Find(id), cancellation) as CatalogProtocol.Found)?.Entry;

    private async Task<IntegrationView?> ViewAsync(CatalogEntry entry, CancellationToken cancellation)
    {
        var reply = await integrations.ActorRef.Ask<IntegrationProtocol.IReply>(new IntegrationProtocol.Get(entry.Id), AnswerTimeout, cancellation);
        return reply is IntegrationProtocol.Current current ? new IntegrationView(entry.Name, current) : null;
    }

    private Task<CatalogProtocol.ICatalogReply> AskCatalogAsync(CatalogProtocol.ICatalogCommand command, CancellationToken cancellation = default) =>
        catalog.ActorRef.Ask<CatalogProtocol.ICatalogReply>(command, AnswerTimeout, cancellation);
}
