using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;
using Webhook.Server.Access;

namespace Webhook.Server;

/// <summary>An error as every API of the product answers it: <c>{type, message, details[]}</c> and a status.</summary>
/// <param name="Type">A stable word for programs, one for each reason.</param>
/// <param name="Message">For people: what, the value, the limit and the way out.</param>
/// <param name="Details">One sentence for each thing that is wrong, if there are several; possibly empty.</param>
internal sealed record ApiError([property: JsonIgnore] int Status, string Type, string Message, IReadOnlyList<string> Details)
{
    public ApiError(int status, string type, string message)
        : this(status, type, message, [])
    {
    }

    /// <summary>When to try again; sent as <c>Retry-After</c> in whole seconds, at least 1.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How to say who one is; sent as <c>WWW-Authenticate</c>.</summary>
    [JsonIgnore]
    public string? Challenge { get; init; }

    /// <summary>Answers with this error. Nothing may have been written before.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Challenge is not null) response.Headers[HeaderNames.WWWAuthenticate] = Challenge;
        if (RetryAfter is { } delay)
            response.Headers[HeaderNames.RetryAfter] = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(this, ApiErrorJson.Readable.ApiError, cancellationToken: context.RequestAborted);
    }
}

/// <summary>The errors that all APIs share.</summary>
internal static class ApiErrors
{
    /// <summary>Says nothing of what is there.</summary>
    public static ApiError Unauthorized { get; } = new(
        StatusCodes.Status401Unauthorized, "unauthorized", "A valid token is required: send 'Authorization: Bearer <token>'.")
    {
        Challenge = TokenCheck.Scheme,
    };

    public static ApiError Forbidden { get; } = new(
        StatusCodes.Status403Forbidden, "forbidden", "The token's role does not allow this call.");

    /// <summary>In place of <see cref="Unauthorized"/>; as silent.</summary>
    public static ApiError TooManyWrongTokens(TimeSpan retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "too_many_wrong_tokens",
        "Too many wrong tokens came from this address. A right one is served at once; wait as many seconds as Retry-After says before another try.")
    {
        Challenge = TokenCheck.Scheme,
        RetryAfter = retryAfter,
    };

    /// <summary>405; also sets <c>Allow</c>.</summary>
    public static Task MethodNotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers[HeaderNames.Allow] = allowed;
        return new ApiError(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"{context.Request.Method} is not allowed here; allowed: {allowed}.")
            .WriteAsync(context);
    }
}

[JsonSerializable(typeof(ApiError))]
internal sealed partial class ApiErrorJson : JsonSerializerContext
{
    public static ApiErrorJson Readable { get; } = new(ReadableJson.NewOptions());
}
