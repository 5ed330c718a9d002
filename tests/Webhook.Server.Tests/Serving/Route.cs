using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Webhook.Server.Access;
using Webhook.Server.Audit;

namespace Webhook.Server.Tests.Serving;

/// <summary>One way to call the program, as routing knows it.</summary>
/// <param name="Role">null where the route asks for none by name.</param>
internal sealed record Route(string Method, RouteEndpoint Endpoint, string? Role)
{
    // A route that does not say takes every method.
    private static readonly string[] AnyMethod = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    // What stands in the place of a parameter: something that exists, and something that does not. Others have ids.
    private static readonly Dictionary<string, (string Existing, string Missing)> Values = new()
    {
        ["channel"] = ("SECURE_EVENTS_POLICIES", "NO_CHANNEL"),
        ["name"] = ("viewer", "nobody"),
        ["rest"] = ("no/such/thing", "nothing"),
    };

    public string Pattern => Endpoint.RoutePattern.RawText!;

    public bool CouldChange => Method is not ("GET" or "HEAD" or "OPTIONS");

    public bool IsIngest => Role == nameof(AccessRole.Ingest);

    public bool NamesItsMethods => Endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods.Count: > 0 };

    /// <summary>Its body is an integration.</summary>
    public bool IsOfIntegration => CouldChange && (Pattern.EndsWith("/integrations", StringComparison.Ordinal) || Pattern.EndsWith("/integrations/{id:long}", StringComparison.Ordinal));

    /// <summary>It says what becomes of it in the audit log.</summary>
    public bool IsMarked => Endpoint.Metadata.GetMetadata<AuditedAction>() is not null || Endpoint.Metadata.GetMetadata<ChangesNothing>() is not null;

    /// <summary>Some authorization stands before the handler, also one without a role.</summary>
    public bool IsAuthorized =>
        AsksProducers(Endpoint) || (Endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);

    public static IEnumerable<Route> Of(RouteEndpoint endpoint) =>
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : AnyMethod
        select new Route(method, endpoint, RoleOf(endpoint));

    /// <summary>The roles that it must refuse.</summary>
    public IEnumerable<string> WrongRoles => Role switch
    {
        nameof(AccessRole.Admin) => [nameof(AccessRole.Viewer), nameof(AccessRole.Ingest)],
        nameof(AccessRole.Viewer) => [nameof(AccessRole.Ingest)],
        nameof(AccessRole.Ingest) => [nameof(AccessRole.Admin), nameof(AccessRole.Viewer)],
        _ => [],
    };

    public string Path(bool existing)
    {
        var path = "/" + Pattern.TrimStart('/');
        foreach (var parameter in Endpoint.RoutePattern.Parameters)
        {
            var (there, missing) = Values.GetValueOrDefault(parameter.Name, ("1", "987654321"));
            var start = path.IndexOf('{', StringComparison.Ordinal);
            path = path[..start] + (existing ? there : missing) + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        }

        return path;
    }

    public override string ToString() => $"{Method} {Pattern}";

    private static bool AsksProducers(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ProducersOnly>() is not null;

    private static string? RoleOf(RouteEndpoint endpoint) => AsksProducers(endpoint)
        ? nameof(AccessRole.Ingest)
        : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).LastOrDefault(p => p is not null);
}
