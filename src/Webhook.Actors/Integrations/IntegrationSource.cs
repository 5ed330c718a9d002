namespace Webhook.Actors.Integrations;

/// <summary>Where integrations may come from beside the API.</summary>
/// <param name="File">The configuration file that this program was started with; null: none. What an earlier start took out of a file is then changed like any other.</param>
internal sealed record IntegrationSource(string? File)
{
    /// <returns>null: it is changed through the API.</returns>
    public string? FileOf(CatalogEntry entry) => entry.IsFromFile ? File : null;
}
