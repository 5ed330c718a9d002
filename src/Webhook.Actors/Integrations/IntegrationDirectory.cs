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
    IntegrationCalls calls, IRequiredActor<LaneRegion> lanes, IRequiredActor<CertificatesProxy> certificates, IntegrationValidator validator,
    SecretRotation rotation, IntegrationSource source, TimeProvider time, int partitions)
{
    /// <summary>For how far it is, which is told beside the state and not worth a long wait.</summary>
    public static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(5);

    // Integrations asked at the same time for a list.
    private const int ListParallelism = 64;

    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> CreateAsync(IntegrationRequest? request, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (await ValidateAsync(request, null, errors) is not { } valid) return new Invalid(errors.All);
        var reply = await calls.AskCatalogAsync(new CatalogProtocol.Add(valid.Name));
        if (reply is CatalogProtocol.NameTaken taken) return new NameTaken(taken.Name, taken.By);

        var entry = ((CatalogProtocol.Added)reply).Entry;
        var result = await calls.ChangeAsync(entry.Name, new IntegrationProtocol.Create(entry.Id, valid.Settings, valid.IsEnabled ?? false));
        if (result is not Done) await calls.AskCatalogAsync(new CatalogProtocol.Remove(entry.Id));
        return result;
    });

    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> UpdateAsync(IntegrationId id, IntegrationRequest? request, SettingErrors errors) =>
        AnswerAsync(async () =>
        {
            if (await calls.FindAsync(id, default) is not { } current) return new NotFound(id);
            if (current.File is { } file) return new InFile(id, file);
            if (await ValidateAsync(request, current.Settings, errors) is not { } valid) return new Invalid(errors.All);
            var settings = SecretRotation.WithoutExpired(current.Settings, valid.Settings, time.GetUtcNow());
            if (valid.Name != current.Name)
            {
                var reply = await calls.AskCatalogAsync(new CatalogProtocol.Rename(id, valid.Name));
                if (reply is CatalogProtocol.NameTaken taken) return new NameTaken(taken.Name, taken.By);
                if (reply is CatalogProtocol.Unknown) return new NotFound(id);
            }

            var change = new IntegrationProtocol.Update(id, current.Current.Revision, settings, valid.IsEnabled);
            var result = await calls.ChangeAsync(valid.Name, change);
            if (result is Done done) return done with { Before = current };
            if (valid.Name != current.Name) await calls.AskCatalogAsync(new CatalogProtocol.Rename(id, current.Name));
            return result;
        });

    /// <summary>A new secret beside the old ones; an enabled integration is tested with it first, as with any update.</summary>
    /// <param name="request">null: it could not be read; why is in <paramref name="errors"/>, to which validation adds.</param>
    public Task<DirectoryResult> RotateAsync(IntegrationId id, SecretRotationRequest? request, SettingErrors errors) =>
        AnswerAsync(async () =>
        {
            if (await calls.FindAsync(id, default) is not { } current) return new NotFound(id);
            if (current.File is { } file) return new InFile(id, file);
            if (request is null || rotation.Rotate(request, current.Settings, time.GetUtcNow(), errors) is not { } settings) return new Invalid(errors.All);
            var result = await calls.ChangeAsync(current.Name, new IntegrationProtocol.Update(id, current.Current.Revision, settings, null));
            return result is Done done ? done with { Before = current } : result;
        });

    public Task<DirectoryResult> GetAsync(IntegrationId id, CancellationToken cancellation) =>
        AnswerAsync(async () => await calls.FindAsync(id, cancellation) is { } found ? new Done(found) : new NotFound(id));

    public Task<DirectoryResult> TestAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.Test(id));

    public Task<DirectoryResult> EnableAsync(IntegrationId id) => ChangeOwnAsync(id, new IntegrationProtocol.Enable(id));

    public Task<DirectoryResult> DisableAsync(IntegrationId id) => ChangeOwnAsync(id, new IntegrationProtocol.Disable(id, null));

    /// <summary>For <see cref="IntegrationReplays"/>.</summary>
    public Task<DirectoryResult> StartReplayAsync(IntegrationId id, IReadOnlyList<ReplayStretch> stretches, double maxRequestsPerSecond) =>
        ChangeAsync(id, new IntegrationProtocol.StartReplay(id, stretches, maxRequestsPerSecond));

    public Task<DirectoryResult> StopReplayAsync(IntegrationId id) => ChangeAsync(id, new IntegrationProtocol.StopReplay(id));

    public Task<DirectoryResult> DeleteAsync(IntegrationId id) => AnswerAsync(async () =>
    {
        if (await calls.EntryAsync(id, default) is not { } entry) return new NotFound(id);
        if (source.FileOf(entry) is { } file) return new InFile(id, file);
        var result = await calls.ChangeAsync(entry.Name, new IntegrationProtocol.Delete(id));
        if (result is Deleted or NotFound) await calls.AskCatalogAsync(new CatalogProtocol.Remove(id));
        return result is Deleted deleted ? deleted with { Name = entry.Name } : result;
    });

    /// <summary>All integrations by id; those that come or go meanwhile may be missing.</summary>
    /// <exception cref="AskTimeoutException">The catalog or an integration does not answer.</exception>
    public async Task<IReadOnlyList<IntegrationView>> ListAsync(CancellationToken cancellation)
    {
        var views = new List<IntegrationView>();
        foreach (var entries in (await calls.EntriesAsync(cancellation)).Chunk(ListParallelism))
        {
            var found = await Task.WhenAll(entries.Select(entry => calls.ViewAsync(entry, cancellation)));
            views.AddRange(found.OfType<IntegrationView>());
        }

        return views;
    }

    /// <inheritdoc cref="IntegrationCalls.EntriesAsync"/>
    public Task<IReadOnlyList<CatalogEntry>> EntriesAsync(CancellationToken cancellation) => calls.EntriesAsync(cancellation);

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
            : await certificates.ActorRef.Ask<CertificateUse.Described>(new CertificateUse.Describe(named), IntegrationCalls.AnswerTimeout);
        return validator.Validate(request, current, known, errors);
    }

    /// <summary>What is left to the file where there is one.</summary>
    private Task<DirectoryResult> ChangeOwnAsync(IntegrationId id, IntegrationProtocol.IChange change) => AnswerAsync(async () =>
        await calls.EntryAsync(id, default) is { } entry && source.FileOf(entry) is { } file ? new InFile(id, file) : await ChangeAsync(id, change));

    private Task<DirectoryResult> ChangeAsync(IntegrationId id, IntegrationProtocol.IChange change) => AnswerAsync(async () =>
        await calls.EntryAsync(id, default) is { } entry ? await calls.ChangeAsync(entry.Name, change) : new NotFound(id));
}
