using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Webhook.Server.Access;

/// <summary>Authenticates <c>Authorization: Bearer …</c>, or a token in the path where the endpoint takes one (Falco sets no header of its own).</summary>
internal sealed class AccessKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessKeys keys, WrongTokens wrongTokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    // A handler lives for one request.
    private TimeSpan? _retryAfter;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedToken() is not { Length: > 0 } token) return Task.FromResult(AuthenticateResult.NoResult());
        if (keys.Find(token, TimeProvider.GetUtcNow()) is not { } key)
        {
            _retryAfter = wrongTokens.Count(Context.Connection.RemoteIpAddress);
            return Task.FromResult(AuthenticateResult.Fail("unknown token"));
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, key.Name), new Claim(ClaimTypes.Role, key.Role.ToString())], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = SchemeName;
        return (_retryAfter is { } wait ? ApiErrors.TooManyWrongTokens(wait) : ApiErrors.Unauthorized).WriteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ApiErrors.Forbidden.WriteAsync(Context);

    private string? PresentedToken()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return header[Prefix.Length..].Trim();
        return Context.GetEndpoint()?.Metadata.GetMetadata<PathToken>() is { } path ? Context.GetRouteValue(path.RouteValue) as string : null;
    }
}

/// <summary>Endpoint metadata: the token may stand in this route value.</summary>
internal sealed record PathToken(string RouteValue);
