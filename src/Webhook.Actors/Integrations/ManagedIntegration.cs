namespace Webhook.Actors.Integrations;

/// <summary>An integration as a configuration file wants it: always on, without a test.</summary>
/// <param name="Name">Given in the file; null: it is named after where its events go.</param>
internal sealed record ManagedIntegration(string? Name, IntegrationSettings Settings)
{
    /// <summary>Host, port and path, without a query, which may hold a token.</summary>
    public string NameOrPlace => Name ?? PlaceOf(Settings);

    public static string PlaceOf(IntegrationSettings settings)
    {
        if (settings.Type == IntegrationType.Local) return "stdout";
        var place = settings.Endpoint.Authority + settings.Endpoint.AbsolutePath.TrimEnd('/');
        return place[..Math.Min(place.Length, IntegrationValidator.MaxNameLength - UniqueNames.MaxSuffixLength)];
    }
}

/// <summary>Tells names apart that would be the same.</summary>
internal static class UniqueNames
{
    /// <summary>Of " (10000)".</summary>
    public const int MaxSuffixLength = 8;

    /// <returns><paramref name="name"/>, or with a number behind it the first that is not taken.</returns>
    public static string Find(string name, IReadOnlySet<string> taken)
    {
        var unique = name;
        for (var i = 2; taken.Contains(unique); i++) unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} ({i})");
        return unique;
    }

    public static bool IsFrom(string unique, string name) =>
        unique.StartsWith(name, StringComparison.Ordinal) && (unique.Length == name.Length || unique.AsSpan(name.Length) is [' ', '(', .., ')']);
}
