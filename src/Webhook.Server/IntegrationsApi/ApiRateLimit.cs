using System.Threading.RateLimiting;
using Webhook.Server.Settings;

namespace Webhook.Server.IntegrationsApi;

/// <summary>So many requests a minute and token. Stands behind authorization: callers without a token are answered 401 and take nobody's share.</summary>
internal sealed class ApiRateLimit(ApiOptions options) : IEndpointFilter, IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetFixedWindowLimiter(context.User.Identity?.Name ?? "", _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.RequestsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        using var lease = _limiter.AttemptAcquire(context.HttpContext);
        if (lease.IsAcquired) return await next(context);

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromMinutes(1);
        var error = new ApiError(
            StatusCodes.Status429TooManyRequests, "rate_limited",
            $"More than {options.RequestsPerMinute} requests in a minute with this token; Retry-After says in how many seconds to try again.")
        {
            RetryAfter = wait,
        };
        await error.WriteAsync(context.HttpContext);
        return Results.Empty;
    }

    public void Dispose() => _limiter.Dispose();
}
