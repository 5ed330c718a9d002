using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary><c>GET /v1/overview</c>.</summary>
internal static class OverviewCall
{
    public const string Path = "/v1/overview";

    public static async Task<OverviewResource> GetAsync(ApiClient api, CancellationToken cancellation) =>
        (await api.GetAsync(Path, cancellation)).Read(LiveJson.Readable.OverviewResource);
}
