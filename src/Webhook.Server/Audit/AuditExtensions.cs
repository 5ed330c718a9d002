using System.Globalization;
using System.Security.Claims;
using Webhook.Server.Access;
using Webhook.Server.Settings;

namespace Webhook.Server.Audit;

/// <summary>Endpoint metadata: calls of this route are in the audit log under this action.</summary>
/// <param name="Action">Kind of the object, a dot, what is done to it.</param>
internal sealed record AuditedAction(string Action);

/// <summary>Endpoint metadata: the route takes methods that could change something, and changes nothing.</summary>
internal sealed record ChangesNothing;

/// <summary>Every route that changes something says so in one place, where it is mapped; a test finds those that say nothing.</summary>
internal static partial class AuditExtensions
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>Needs <see cref="TimeProvider"/> in the container.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, string dataFolder)
    {
        services.AddSettings<AuditOptions>(AuditOptions.SectionName);
        return services
            .AddSingleton(provider => new AuditFiles(dataFolder, provider.GetRequiredService<AuditOptions>()))
            .AddSingleton<AuditLog>();
    }

    /// <summary>
    /// Each call is written to the audit log: that it is about to be tried, and its outcome. If the first cannot be written, nothing is tried: 503. The object's id is the route value
    /// <c>id</c> or <c>name</c>; what else the route knows it puts into <see cref="Trail"/>.
    /// </summary>
    /// <param name="action">As in <see cref="AuditedAction"/>: <c>integration.update</c>.</param>
    public static TEndpoint Audited<TEndpoint>(this TEndpoint endpoint, string action)
        where TEndpoint : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AuditedAction(action)).AddEndpointFilter<TEndpoint>((invocation, next) => RecordAsync(action, invocation, next));

    /// <summary>For a route that takes every method, to refuse it.</summary>
    public static TEndpoint ChangesNothing<TEndpoint>(this TEndpoint endpoint)
        where TEndpoint : IEndpointConventionBuilder => endpoint.WithMetadata(new ChangesNothing());

    /// <summary>Of this request; what is put there outside of an audited route goes nowhere.</summary>
    public static AuditTrail Trail(this HttpContext context)
    {
        if (context.Features.Get<AuditTrail>() is { } trail) return trail;
        context.Features.Set(trail = new AuditTrail());
        return trail;
    }

    private static async ValueTask<object?> RecordAsync(string action, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var http = invocation.HttpContext;
        var services = http.RequestServices;
        var audit = services.GetRequiredService<AuditLog>();
        AuditRecord record;
        try
        {
            var id = Convert.ToString(http.GetRouteValue("id"), CultureInfo.InvariantCulture);
            var subject = new AuditObject(action[..action.IndexOf('.', StringComparison.Ordinal)], id is { Length: > 0 } ? id : null, NameOf(http));
            record = audit.Begin(ActorOf(http), action, subject);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogRefused(services.GetRequiredService<ILogger<AuditLog>>(), e, action);
            return new ErrorResult(new ApiError(
                StatusCodes.Status503ServiceUnavailable, "audit_unavailable",
                "Nothing was changed: the audit log in the data folder cannot be written, and no change is made without it. Its disk may be full; the log of the server says why.")
            {
                RetryAfter = RetryAfter,
            });
        }

        var outcome = new AuditOutcome(StatusCodes.Status500InternalServerError, "internal");
        try
        {
            var result = await next(invocation);
            outcome = OutcomeOf(result, http);
            return result;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            outcome = new AuditOutcome(StatusCodes.Status499ClientClosedRequest, "aborted");
            throw;
        }
        finally
        {
            Finish(audit, record, outcome, http);
        }
    }

    private static void Finish(AuditLog audit, AuditRecord begun, AuditOutcome outcome, HttpContext http)
    {
        var trail = http.Trail();
        try
        {
            audit.Finish(begun with
            {
                Object = begun.Object with { Id = trail.Id ?? begun.Object.Id, Name = trail.Name ?? begun.Object.Name },
                Outcome = outcome with { Type = outcome.Type ?? trail.Type },
                Changes = trail.Changes.Count == 0 ? null : trail.Changes,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The change is made and stands in the log, without its outcome; the caller is told the truth about the change.
            LogUnfinished(http.RequestServices.GetRequiredService<ILogger<AuditLog>>(), e, begun.Id, begun.Action);
        }
    }

    /// <summary>A token in place of a name is a slip that must not be kept.</summary>
    private static string? NameOf(HttpContext http) => http.GetRouteValue("name") is string name && !AccessKey.IsLikeToken(name) ? name : null;

    private static AuditActor ActorOf(HttpContext http) => new(
        http.User.Identity?.Name ?? "", http.User.FindFirstValue(ClaimTypes.Role) ?? "", http.Connection.RemoteIpAddress?.ToString());

    private static AuditOutcome OutcomeOf(object? result, HttpContext http) => result switch
    {
        ErrorResult refused => new AuditOutcome(refused.Error.Status, refused.Error.Type),
        IStatusCodeHttpResult answered => new AuditOutcome(answered.StatusCode ?? StatusCodes.Status200OK, null),
        _ => new AuditOutcome(http.Response.StatusCode, null),
    };

    [LoggerMessage(LogLevel.Error, "{Action} is refused: the audit log cannot be written")]
    private static partial void LogRefused(ILogger log, Exception cause, string action);

    [LoggerMessage(LogLevel.Error, "The outcome of change {Id} ({Action}) could not be written to the audit log")]
    private static partial void LogUnfinished(ILogger log, Exception cause, long id, string action);
}
