namespace Webhook.Server.Access;

/// <summary>Finds the key whose token a request presents: in <c>Authorization: Bearer …</c>, or in the path where the endpoint takes one (Falco sets no header of its own).</summary>
internal sealed class TokenCheck(AccessKeys keys, WrongTokens wrongTokens, TimeProvider time)
{
    public const string Scheme = "Bearer";
    private const string Prefix = Scheme + " ";

    /// <param name="refusal">Why there is none: the same for a missing and a wrong token, until an address has sent too many.</param>
    public AccessKey? Find(HttpContext context, out ApiError refusal)
    {
        refusal = ApiErrors.Unauthorized;
        if (PresentedToken(context) is not { Length: > 0 } token) return null;
        if (keys.Find(token, time.GetUtcNow()) is { } key) return key;
        if (wrongTokens.Count(context.Connection.RemoteIpAddress) is { } wait) refusal = ApiErrors.TooManyWrongTokens(wait);
        return null;
    }

    private static string? PresentedToken(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return header[Prefix.Length..].Trim();
        return context.GetEndpoint()?.Metadata.GetMetadata<PathToken>() is { } path ? context.GetRouteValue(path.RouteValue) as string : null;
    }
}

/// <summary>Endpoint metadata: the token may stand in this route value.</summary>
internal sealed record PathToken(string RouteValue);
