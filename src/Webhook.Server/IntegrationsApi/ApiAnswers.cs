using System.Globalization;
using Webhook.Actors.EventLog;
using Webhook.Server.Settings;

namespace Webhook.Server.IntegrationsApi;

/// <summary>What all of the API's answers have, refusals included: the rate limit's header, and JSON also where something broke.</summary>
internal sealed partial class ApiAnswers(RequestDelegate next, ApiOptions options, ILogger<ApiAnswers> log)
{
    private static readonly TimeSpan StoreRetryAfter = TimeSpan.FromSeconds(5);

    private readonly string _limit = options.RequestsPerMinute.ToString(CultureInfo.InvariantCulture);

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-RateLimit-Limit"] = _limit;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (EventLogException e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.Request.Method, context.Request.Path);
            var error = new ApiError(
                StatusCodes.Status503ServiceUnavailable, "storage_unavailable", "The event log's store cannot be read or written now; the log of the server says why.")
            {
                RetryAfter = StoreRetryAfter,
            };
            await error.WriteAsync(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            // The connection broke the rules of HTTP, or was too slow, while the body was read.
            await new ApiError(e.StatusCode, "bad_request", $"The body could not be read: {e.Message}").WriteAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.Request.Method, context.Request.Path);
            await new ApiError(
                StatusCodes.Status500InternalServerError, "internal", "The request could not be carried out; the log of the server says why.").WriteAsync(context);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception cause, string method, PathString path);
}
