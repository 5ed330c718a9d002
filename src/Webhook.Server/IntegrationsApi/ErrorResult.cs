namespace Webhook.Server.IntegrationsApi;

/// <summary>An error as the answer of a route.</summary>
internal sealed class ErrorResult(ApiError error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => error.WriteAsync(httpContext);
}
