using Microsoft.AspNetCore.Authentication;
using Webhook.Server.Settings;

namespace Webhook.Server.Access;

internal static class AccessExtensions
{
    /// <summary>Needs <see cref="AccessKeys"/> and <see cref="TimeProvider"/> in the container.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSettings<ApiOptions>(ApiOptions.SectionName);
        services.AddSingleton<WrongTokens>().AddSingleton<TokenCheck>().AddSingleton<IProducers, KeyedProducers>();
        services.AddAuthentication(TokenCheck.Scheme).AddScheme<AuthenticationSchemeOptions, AccessKeyHandler>(TokenCheck.Scheme, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(nameof(AccessRole.Admin), policy => policy.RequireRole(nameof(AccessRole.Admin)))
            .AddPolicy(nameof(AccessRole.Viewer), policy => policy.RequireRole(nameof(AccessRole.Admin), nameof(AccessRole.Viewer)));
        return services;
    }

    /// <summary>401 without a valid token, 403 with another role. An admin may do what a viewer may. Producers have <see cref="MapForProducers"/>.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, AccessRole role)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(role.ToString());

    /// <summary>401 without a valid token; every role will do.</summary>
    public static TBuilder RequireAnyRole<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization();

    /// <summary>Maps a route that asks <see cref="IProducers"/> by itself, and answers before authentication and all that follows it.</summary>
    /// <param name="method">null: every one that no other route takes.</param>
    /// <param name="handle">With the producer's name.</param>
    public static IEndpointConventionBuilder MapForProducers(
        this IEndpointRouteBuilder endpoints, string pattern, string? method, Func<HttpContext, string, Task> handle)
    {
        var producers = endpoints.ServiceProvider.GetRequiredService<IProducers>();
        RequestDelegate answer = context => producers.MaySend(context, out var producer, out var refusal) ? handle(context, producer) : refusal.WriteAsync(context);
        var route = method is null ? endpoints.Map(pattern, answer) : endpoints.MapMethods(pattern, [method], answer);
        return route.WithMetadata(new ProducersOnly()).ShortCircuit();
    }

    /// <summary>The token may stand in the route value <paramref name="routeValue"/> instead of the header.</summary>
    public static TBuilder AllowPathToken<TBuilder>(this TBuilder endpoint, string routeValue)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PathToken(routeValue));
}
