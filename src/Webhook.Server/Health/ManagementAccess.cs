using System.Net;
using Webhook.Server.Access;
using Webhook.Server.Audit;
using Webhook.Server.Settings;

namespace Webhook.Server.Health;

/// <summary>Who may read health and metrics: see <see cref="ManagementOptions.Url"/>.</summary>
internal sealed class ManagementAccess(ManagementOptions options)
{
    public void Guard(IEndpointConventionBuilder endpoint)
    {
        endpoint.ChangesNothing();
        if (options.Url is { } url)
            endpoint.RequireHost($"*:{new Uri(url).Port}");
        else
            endpoint.RequireAuthorization(policy => policy.RequireAssertion(context => context.Resource is HttpContext http && MayRead(http)));
    }

    private static bool MayRead(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        || http.User.IsInRole(nameof(AccessRole.Admin))
        || http.User.IsInRole(nameof(AccessRole.Viewer));
}
