using Webhook.Server.Access;
using Webhook.Server.Settings;

namespace Webhook.Server.IntegrationsApi;

/// <summary>The REST API for integrations (spec 7), the same under v1 and v2.</summary>
internal static class IntegrationsApiExtensions
{
    private const string Prefix = "/secure/events-forwarder";

    public static IServiceCollection AddIntegrationsApi(this IServiceCollection services)
    {
        services.AddSettings<ApiOptions>(ApiOptions.SectionName);
        return services.AddSingleton<ApiRateLimit>().AddSingleton<IntegrationEndpoints>();
    }

    /// <summary>Stands before authentication, so that refusals have the API's headers too.</summary>
    public static IApplicationBuilder UseIntegrationsApi(this IApplicationBuilder app) =>
        app.UseWhen(static context => context.Request.Path.StartsWithSegments(Prefix), static api => api.UseMiddleware<ApiAnswers>());

    public static void MapIntegrationsApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.ServiceProvider.GetRequiredService<IntegrationEndpoints>();
        var limit = endpoints.ServiceProvider.GetRequiredService<ApiRateLimit>();
        foreach (var version in (string[])["v1", "v2"])
        {
            var group = endpoints.MapGroup($"{Prefix}/{version}").AddEndpointFilter(limit);
            var reads = group.MapGroup("").RequireRole(AccessRole.Viewer);
            reads.MapGet("/types", IntegrationEndpoints.Types);
            reads.MapGet("/channels", api.Channels);
            reads.MapGet("/integrations", api.ListAsync);
            reads.MapGet("/integrations/{id:long}", api.GetAsync);
            reads.MapGet("/integrations/{id:long}/status", api.StatusAsync);
            reads.MapGet("/integrations/{id:long}/errors", api.ErrorsAsync);

            var changes = group.MapGroup("").RequireRole(AccessRole.Admin);
            changes.MapPost("/integrations", api.CreateAsync);
            changes.MapPut("/integrations/{id:long}", api.UpdateAsync);
            changes.MapDelete("/integrations/{id:long}", api.DeleteAsync);
            changes.MapPost("/integrations/{id:long}/test", api.TestAsync);
            changes.MapPost("/integrations/{id:long}/enable", api.EnableAsync);
            changes.MapPost("/integrations/{id:long}/disable", api.DisableAsync);
            reads.Map("/{**rest}", IntegrationEndpoints.NothingHere);
        }
    }
}
