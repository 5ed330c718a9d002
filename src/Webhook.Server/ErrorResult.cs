namespace Webhook.Server;

/// <summary>An error as the answer of a route.</summary>
internal sealed class ErrorResult(ApiError error) : IResult, IStatusCodeHttpResult
{
    public ApiError Error => error;

    int? IStatusCodeHttpResult.StatusCode => error.Status;

    public Task ExecuteAsync(HttpContext httpContext) => error.WriteAsync(httpContext);
}
