using System.Globalization;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.Client;

/// <summary>The integrations' routes, and how a user names an integration.</summary>
internal sealed class IntegrationCalls(ApiClient api)
{
    public const string Path = "/secure/events-forwarder/v2/integrations";

    /// <summary>So many names help to find the right one.</summary>
    private const int MostNamed = 20;

    public static string PathOf(long id, string rest = "") => string.Create(CultureInfo.InvariantCulture, $"{Path}/{id}{rest}");

    public async Task<(ApiAnswer Answer, IReadOnlyList<IntegrationResource> All)> ListAsync(CancellationToken cancellation)
    {
        var answer = await api.GetAsync(Path, cancellation);
        return (answer, answer.Read(IntegrationsJson.Readable.IntegrationList).Data);
    }

    /// <param name="idOrName">An id wins over a name that looks like one.</param>
    /// <exception cref="ClientFailure">There is none.</exception>
    public async Task<IntegrationResource> FindAsync(string idOrName, CancellationToken cancellation) => Find(idOrName, (await ListAsync(cancellation)).All);

    /// <inheritdoc cref="FindAsync"/>
    public static IntegrationResource Find(string idOrName, IReadOnlyList<IntegrationResource> all)
    {
        var byId = long.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? all.FirstOrDefault(i => i.Id == id) : null;
        return byId ?? all.FirstOrDefault(i => i.Name == idOrName) ?? throw ClientFailure.Failed($"there is no integration with the id or name '{idOrName}'; {Known(all)}");
    }

    private static string Known(IReadOnlyList<IntegrationResource> all)
    {
        if (all.Count == 0) return "there is none at all";
        var names = string.Join(", ", all.Take(MostNamed).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i.Id} '{i.Name}'")));
        return all.Count <= MostNamed ? $"there are {names}" : $"there are {names} and {all.Count - MostNamed} more";
    }
}
