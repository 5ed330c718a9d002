namespace Webhook.Actors.Integrations;

/// <param name="Current">What there is; null: it is to be created.</param>
/// <param name="Wanted">What the file says; null: it stands there no more.</param>
internal sealed record ManagedMatch(IntegrationView? Current, ManagedIntegration? Wanted);

/// <summary>
/// Which integration is meant by which entry of an edited file. An integration keeps its cursor through every edit by which it can be recognised: by its name; else by where its events go and
/// which; else by where they go; and those without a name that are left over, by their order: an endpoint was changed.
/// </summary>
internal static class ManagedMatching
{
    private static readonly Func<IntegrationView, ManagedIntegration, bool>[] Rounds =
    [
        static (current, wanted) => current.Name == wanted.Name,
        static (current, wanted) => GoesTheSameWay(current, wanted) && current.Settings.Channels.SequenceEqual(wanted.Settings.Channels),
        GoesTheSameWay,
        static (current, wanted) => current.Settings.Type == wanted.Settings.Type && wanted.Name is null && HasNoNameOfItsOwn(current),
    ];

    /// <param name="current">What was taken out of the file before, by id.</param>
    /// <param name="wanted">In the order of the file.</param>
    public static IReadOnlyList<ManagedMatch> Match(IReadOnlyList<IntegrationView> current, IReadOnlyList<ManagedIntegration> wanted)
    {
        var left = current.ToList();
        var matched = new IntegrationView?[wanted.Count];
        foreach (var isMeant in Rounds)
        {
            for (var i = 0; i < wanted.Count; i++)
            {
                if (matched[i] is not null || left.Find(candidate => isMeant(candidate, wanted[i])) is not { } found) continue;
                matched[i] = found;
                left.Remove(found);
            }
        }

        return [.. left.Select(static gone => new ManagedMatch(gone, null)), .. wanted.Select((entry, i) => new ManagedMatch(matched[i], entry))];
    }

    private static bool GoesTheSameWay(IntegrationView current, ManagedIntegration wanted) =>
        current.Settings.Type == wanted.Settings.Type && current.Settings.Endpoint.OriginalString == wanted.Settings.Endpoint.OriginalString;

    private static bool HasNoNameOfItsOwn(IntegrationView current) => UniqueNames.IsFrom(current.Name, ManagedIntegration.PlaceOf(current.Settings));
}
