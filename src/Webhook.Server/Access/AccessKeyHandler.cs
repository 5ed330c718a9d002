using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Webhook.Server.Access;

/// <summary>Tells ASP.NET Core whose token a request presents, for every route but the producers' (<see cref="IProducers"/>).</summary>
internal sealed class AccessKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenCheck tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    // A handler lives for one request.
    private ApiError _refusal = ApiErrors.Unauthorized;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.Find(Context, out _refusal) is not { } key) return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, key.Name), new Claim(ClaimTypes.Role, key.Role.ToString())], TokenCheck.Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), TokenCheck.Scheme)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => _refusal.WriteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ApiErrors.Forbidden.WriteAsync(Context);
}
