using Microsoft.AspNetCore.Authentication;
using Webhook.Server.Settings;

namespace Webhook.Server.Access;

internal static class AccessExtensions
{
    /// <summary>Needs <see cref="AccessKeys"/> and <see cref="TimeProvider"/> in the container.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSettings<ApiOptions>(ApiOptions.SectionName);
        services.AddSingleton<WrongTokens>();
        services.AddAuthentication(AccessKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessKeyHandler>(AccessKeyHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(nameof(AccessRole.Admin), policy => policy.RequireRole(nameof(AccessRole.Admin)))
            .AddPolicy(nameof(AccessRole.Viewer), policy => policy.RequireRole(nameof(AccessRole.Admin), nameof(AccessRole.Viewer)))
            .AddPolicy(nameof(AccessRole.Ingest), policy => policy.RequireRole(nameof(AccessRole.Ingest)));
        return services;
    }

    /// <summary>401 without a valid token, 403 with another role. An admin may do what a viewer may.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, AccessRole role)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(role.ToString());

    /// <summary>401 without a valid token; every role will do.</summary>
    public static TBuilder RequireAnyRole<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization();

    /// <summary>The token may stand in the route value <paramref name="routeValue"/> instead of the header.</summary>
    public static TBuilder AllowPathToken<TBuilder>(this TBuilder endpoint, string routeValue)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PathToken(routeValue));
}
