using Webhook.Server.Access;
using Webhook.Server.Audit;

namespace Webhook.Server.IntegrationsApi;

/// <summary>The REST API for integrations, the same under v1 and v2, and where deliveries come from.</summary>
internal static class IntegrationsApiExtensions
{
    private const string Prefix = "/secure/events-forwarder";
    private const string Egress = "/v1/egress";

    private static readonly PathString[] Api = ["/secure", "/v1"];

    // Where producers send: the API's limit is not theirs.
    private static readonly PathString[] Ingest = ["/v1/events", "/v1/falco"];

    public static IServiceCollection AddIntegrationsApi(this IServiceCollection services) =>
        services
        .AddSingleton<ApiRateLimit>().AddSingleton<IntegrationEndpoints>().AddSingleton<DeadLetterEndpoints>().AddSingleton<DeliveryEndpoints>().AddSingleton<ReplayEndpoints>();

    /// <summary>What all answers of all APIs have. Stands before authentication, so that refusals have it too.</summary>
    public static IApplicationBuilder UseIntegrationsApi(this IApplicationBuilder app) =>
        app.UseWhen(static context => IsApi(context.Request.Path), static api => api.UseMiddleware<ApiAnswers>());

    public static void MapIntegrationsApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.ServiceProvider.GetRequiredService<IntegrationEndpoints>();
        var deadLetters = endpoints.ServiceProvider.GetRequiredService<DeadLetterEndpoints>();
        var deliveries = endpoints.ServiceProvider.GetRequiredService<DeliveryEndpoints>();
        var replays = endpoints.ServiceProvider.GetRequiredService<ReplayEndpoints>();
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
            reads.MapGet("/integrations/{id:long}/deliveries", deliveries.ListAsync);
            reads.MapGet("/integrations/{id:long}/dead-letters", deadLetters.ListAsync);
            reads.MapGet("/integrations/{id:long}/dead-letters/{deadLetter}", deadLetters.GetAsync);

            var changes = group.MapGroup("").RequireRole(AccessRole.Admin);
            changes.MapPost("/integrations", api.CreateAsync).Audited("integration.create");
            changes.MapPut("/integrations/{id:long}", api.UpdateAsync).Audited("integration.update");
            changes.MapDelete("/integrations/{id:long}", api.DeleteAsync).Audited("integration.delete");
            changes.MapPost("/integrations/{id:long}/test", api.TestAsync).Audited("integration.test");
            changes.MapPost("/integrations/{id:long}/enable", api.EnableAsync).Audited("integration.enable");
            changes.MapPost("/integrations/{id:long}/disable", api.DisableAsync).Audited("integration.disable");
            changes.MapPost("/integrations/{id:long}/secrets/rotate", api.RotateAsync).Audited("integration.rotate");
            changes.MapDelete("/integrations/{id:long}/dead-letters", deadLetters.PurgeAsync).Audited("dead_letters.purge");
            changes.MapDelete("/integrations/{id:long}/dead-letters/{deadLetter}", deadLetters.DeleteAsync).Audited("dead_letters.delete");
            changes.MapPost("/integrations/{id:long}/dead-letters/redeliver", replays.RedeliverAsync).Audited("dead_letters.redeliver");
            changes.MapPost("/integrations/{id:long}/replay", replays.StartAsync).Audited("integration.replay");
            changes.MapDelete("/integrations/{id:long}/replay", replays.StopAsync).Audited("integration.replay_stop");
        }

        var nothing = endpoints.MapGroup("").AddEndpointFilter(limit).ChangesNothing();
        nothing.Map("/secure/{**rest}", IntegrationEndpoints.NothingHere).RequireRole(AccessRole.Viewer);
        // Also producers come here, when they have the path wrong.
        nothing.Map("/v1/{**rest}", IntegrationEndpoints.NothingHere).RequireAnyRole();
        endpoints.MapGroup("").AddEndpointFilter(limit).RequireRole(AccessRole.Viewer).MapGet(Egress, EgressResource.Show);
    }

    private static bool IsApi(PathString path) =>
        Array.Exists(Api, prefix => path.StartsWithSegments(prefix)) && !Array.Exists(Ingest, prefix => path.StartsWithSegments(prefix));
}
