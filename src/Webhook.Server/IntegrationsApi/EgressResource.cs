using Webhook.Actors.Sending;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Where deliveries come from, for the firewalls of receivers.</summary>
/// <param name="Region">Absent when the operator named none.</param>
/// <param name="Addresses">Addresses and ranges, as the operator published them.</param>
internal sealed record EgressResource(string? Region, IReadOnlyList<string> Addresses)
{
    public static IResult Show(EgressOptions options) =>
        Results.Json(new EgressResource(options.Region, [.. options.Addresses]), IntegrationsJson.Readable.EgressResource);
}
