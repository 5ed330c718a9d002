using Akka.Actor;
using static Webhook.Actors.Integrations.DirectoryResult;

namespace Webhook.Actors.Integrations;

/// <summary>What became of a file: one line a change; and what could not be done, to be tried again or mended.</summary>
internal sealed record ManagedReport(IReadOnlyList<string> Changes, IReadOnlyList<string> Failures);

/// <summary>Makes the integrations of a configuration file be what the file says.</summary>
/// <remarks>
/// What the file no longer names is deleted, with its cursor; then what was changed; then what is new, which begins at the end of the log. Each change stands for itself: one that fails does not
/// keep the others back, and the whole may be repeated at any time. A changed secret signs at once, and the one before it goes on signing beside it, as after a rotation.
/// </remarks>
internal sealed class ManagedIntegrations(IntegrationCalls calls, ISecretProtector protector, TimeProvider time)
{
    /// <param name="wanted">In the order of the file; names are unique.</param>
    public async Task<ManagedReport> ApplyAsync(IReadOnlyList<ManagedIntegration> wanted, CancellationToken cancellation)
    {
        var report = new Report();
        try
        {
            var entries = await calls.EntriesAsync(cancellation);
            var views = await Task.WhenAll(entries.Where(static e => e.IsFromFile).Select(entry => calls.ViewAsync(entry, cancellation)));
            var names = entries.Select(static e => e.Name).Concat(wanted.Select(static w => w.Name).OfType<string>()).ToHashSet(StringComparer.Ordinal);
            foreach (var match in ManagedMatching.Match([.. views.OfType<IntegrationView>()], wanted).OrderBy(static m => m.Wanted is not null))
            {
                cancellation.ThrowIfCancellationRequested();
                await ApplyAsync(match, names, report);
            }
        }
        catch (AskTimeoutException)
        {
            report.Failures.Add("there was no answer in time; it is tried again");
        }

        return new ManagedReport(report.Changes, report.Failures);
    }

    private Task ApplyAsync(ManagedMatch match, HashSet<string> names, Report report) => match switch
    {
        { Current: { } gone, Wanted: null } => DeleteAsync(gone, report),
        { Current: { } current, Wanted: { } wanted } => UpdateAsync(current, wanted, names, report),
        { Wanted: { } wanted } => CreateAsync(wanted, names, report),
        _ => Task.CompletedTask,
    };

    private async Task DeleteAsync(IntegrationView gone, Report report)
    {
        var result = await calls.ChangeAsync(gone.Name, new IntegrationProtocol.Delete(gone.Id));
        if (result is Deleted or NotFound) await calls.AskCatalogAsync(new CatalogProtocol.Remove(gone.Id));
        report.Add(gone.Name, "removed", result, isDone: result is Deleted or NotFound);
    }

    private async Task UpdateAsync(IntegrationView current, ManagedIntegration wanted, HashSet<string> names, Report report)
    {
        var name = NameFor(current, wanted, names);
        if (name != current.Name)
        {
            if (await calls.AskCatalogAsync(new CatalogProtocol.Rename(current.Id, name)) is CatalogProtocol.NameTaken taken)
            {
                report.Fail(name, Taken(taken));
                return;
            }

            names.Add(name);
        }

        var settings = wanted.Settings with { Secrets = SecretsFor(current.Settings, wanted.Settings) };
        var isSame = name == current.Name && current.Current.IsEnabled && settings.SameAs(current.Settings);
        if (isSame) return;
        var result = await calls.ChangeAsync(name, new IntegrationProtocol.Update(current.Id, current.Current.Revision, settings, Enable: true, IsTrusted: true));
        report.Add(name, "changed", result, isDone: result is Done);
    }

    private async Task CreateAsync(ManagedIntegration wanted, HashSet<string> names, Report report)
    {
        var name = wanted.Name ?? UniqueNames.Find(wanted.NameOrPlace, names);
        names.Add(name);
        var reply = await calls.AskCatalogAsync(new CatalogProtocol.Add(name, IsFromFile: true));
        if (reply is CatalogProtocol.NameTaken taken)
        {
            report.Fail(name, Taken(taken));
            return;
        }

        var entry = ((CatalogProtocol.Added)reply).Entry;
        var result = await calls.ChangeAsync(name, new IntegrationProtocol.Create(entry.Id, wanted.Settings, Enable: true, IsTrusted: true));
        if (result is not Done) await calls.AskCatalogAsync(new CatalogProtocol.Remove(entry.Id));
        report.Add(name, "added", result, isDone: result is Done);
    }

    private static string NameFor(IntegrationView current, ManagedIntegration wanted, HashSet<string> names)
    {
        if (wanted.Name is { } given) return given;
        return UniqueNames.IsFrom(current.Name, wanted.NameOrPlace) ? current.Name : UniqueNames.Find(wanted.NameOrPlace, names);
    }

    // Encrypted twice, a secret is two texts; so what is stored is kept as long as it says the same.
    private IReadOnlyList<StoredSecret> SecretsFor(IntegrationSettings current, IntegrationSettings wanted)
    {
        if (wanted.Secrets is not [var secret, ..] || current.Secrets is not [var stored, ..] || current.Authentication != wanted.Authentication) return wanted.Secrets;
        if (SettingsComparison.SameInClear(stored, secret, protector)) return SecretRotation.WithoutExpired(current, wanted with { Secrets = current.Secrets }, time.GetUtcNow()).Secrets;
        return SecretRotation.Beside(secret, current.Secrets, wanted, time.GetUtcNow());
    }

    private static string Taken(CatalogProtocol.NameTaken taken) =>
        $"the name is taken by integration {taken.By}, which was made through the API; choose another name in the file";

    private sealed class Report
    {
        public List<string> Changes { get; } = [];

        public List<string> Failures { get; } = [];

        public void Add(string name, string what, DirectoryResult result, bool isDone)
        {
            if (isDone) Changes.Add($"'{name}' {what}");
            else Fail(name, result is Refused refused ? $"it could not be {what} ({refused.Reason}); it is tried again" : $"it could not be {what}; it is tried again");
        }

        public void Fail(string name, string why) => Failures.Add($"'{name}': {why}");
    }
}
