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
        // Not of the request's services: those begin a scope, and none of this needs one.
        var services = endpoints.ServiceProvider;
        Func<HttpContext, string, Task> events = (context, producer) => services.GetRequiredService<IngestHandler>().HandleEventsAsync(context, producer);
        Func<HttpContext, string, Task> falco = (context, producer) => services.GetRequiredService<IngestHandler>().HandleFalcoAsync(context, producer);

        MapPostOnly(endpoints, "/v1/events/{channel}", events);
        MapPostOnly(endpoints, "/v1/falco", falco);
        MapPostOnly(endpoints, $"/v1/falco/{{{TokenValue}}}", falco).AllowPathToken(TokenValue);
    }

    /// <summary>Every other method is answered too, in the words of all other errors.</summary>
    private static IEndpointConventionBuilder MapPostOnly(IEndpointRouteBuilder endpoints, string pattern, Func<HttpContext, string, Task> handle)
    {
        endpoints.MapForProducers(pattern, null, static (context, _) => ApiErrors.MethodNotAllowedAsync(context, HttpMethods.Post));
        return endpoints.MapForProducers(pattern, HttpMethods.Post, handle);
    }
}
