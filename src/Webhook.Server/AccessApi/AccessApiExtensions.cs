using Webhook.Server.Access;
using Webhook.Server.Audit;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.AccessApi;

/// <summary>Keys and audit log over HTTP, for admins only.</summary>
internal static class AccessApiExtensions
{
    /// <summary>Needs access, audit and the integrations' API, whose rate limit counts here too.</summary>
    public static IServiceCollection AddAccessApi(this IServiceCollection services) => services.AddSingleton<KeyEndpoints>().AddSingleton<AuditEndpoints>();

    public static void MapAccessApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var keys = services.GetRequiredService<KeyEndpoints>();
        var admin = endpoints.MapGroup("/v1").AddEndpointFilter(services.GetRequiredService<ApiRateLimit>()).RequireRole(AccessRole.Admin);
        admin.MapGet("/keys", keys.List);
        admin.MapPost("/keys", keys.CreateAsync).Audited("key.create");
        admin.MapDelete("/keys/{name}", keys.Delete).Audited("key.delete");
        admin.MapGet("/audit", services.GetRequiredService<AuditEndpoints>().Read);
    }
}
