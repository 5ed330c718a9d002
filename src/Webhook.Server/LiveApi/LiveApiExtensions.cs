using Webhook.Server.Access;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.LiveApi;

/// <summary>What somebody watches, at a terminal or in a console: how everything is now, and deliveries as they happen.</summary>
internal static class LiveApiExtensions
{
    /// <summary>Needs the integrations' API, whose rate limit counts here too, and the engine.</summary>
    public static IServiceCollection AddLiveApi(this IServiceCollection services) =>
        services.AddSingleton<IntegrationNames>().AddSingleton<OverviewEndpoint>().AddSingleton<LiveDeliveriesEndpoint>();

    public static void MapLiveApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var viewer = endpoints.MapGroup("/v1").AddEndpointFilter(services.GetRequiredService<ApiRateLimit>()).RequireRole(AccessRole.Viewer);
        viewer.MapGet("/overview", services.GetRequiredService<OverviewEndpoint>().ShowAsync);
        viewer.MapGet("/deliveries/live", services.GetRequiredService<LiveDeliveriesEndpoint>().FollowAsync);
    }
}
