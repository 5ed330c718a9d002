using Webhook.Actors.Events;
using Webhook.Server.Access;
using Webhook.Server.Settings;

namespace Webhook.Server.Ingest;

/// <summary>Where producers send events: <c>POST /v1/events/{channel}</c>, and Falco <c>POST /v1/falco</c> or, as it sets no header, <c>POST /v1/falco/{token}</c>.</summary>
internal static class IngestEndpoints
{
    private const string TokenValue = "token";

    /// <summary>Needs the engine: its log, <see cref="ChannelList"/>, metrics and clock.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSettings<IngestOptions>(IngestOptions.SectionName);
        services.AddSingleton<IngestHandler>();
        return services;
    }

    public static void MapIngest(this IEndpointRouteBuilder endpoints)
    {
        RequestDelegate events = static context => context.RequestServices.GetRequiredService<IngestHandler>().HandleEventsAsync(context);
        RequestDelegate falco = static context => context.RequestServices.GetRequiredService<IngestHandler>().HandleFalcoAsync(context);

        MapPostOnly(endpoints, "/v1/events/{channel}", events);
        MapPostOnly(endpoints, "/v1/falco", falco);
        MapPostOnly(endpoints, $"/v1/falco/{{{TokenValue}}}", falco).AllowPathToken(TokenValue);
    }

    /// <summary>Every other method is answered too, in the words of all other errors.</summary>
    private static IEndpointConventionBuilder MapPostOnly(IEndpointRouteBuilder endpoints, string pattern, RequestDelegate handle)
    {
        endpoints.Map(pattern, static context => ApiErrors.MethodNotAllowedAsync(context, HttpMethods.Post)).RequireRole(AccessRole.Ingest);
        return endpoints.MapPost(pattern, handle).RequireRole(AccessRole.Ingest);
    }
}
