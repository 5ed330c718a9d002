using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Polly.Timeout;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>What an answer or an exception means, and how it is said to people.</summary>
internal static class AttemptClassification
{
    /// <param name="overrides">The integration's own words on statuses other than 2xx; null: none.</param>
    public static AttemptOutcome OfStatus(int status, IReadOnlyList<StatusOverride>? overrides)
    {
        foreach (var other in overrides ?? [])
        {
            if (other.Status == status && status is < 200 or >= 300) return other.Outcome;
        }

        return OfStatus(status);
    }

    public static AttemptOutcome OfStatus(int status) => status switch
    {
        >= 200 and < 300 => AttemptOutcome.Delivered,
        400 or 422 => AttemptOutcome.Refused,
        408 or 425 => AttemptOutcome.ServerError,
        410 => AttemptOutcome.Gone,
        413 => AttemptOutcome.TooLarge,
        429 => AttemptOutcome.RateLimited,
        501 => AttemptOutcome.Misconfigured,
        >= 500 and < 600 => AttemptOutcome.ServerError,
        _ => AttemptOutcome.Misconfigured,
    };

    /// <returns>null: not a failure of the attempt but a bug of ours or a cancellation; it is not to be answered.</returns>
    public static AttemptOutcome? OfException(Exception exception) => exception switch
    {
        TimeoutRejectedException => AttemptOutcome.TimedOut,
        CredentialsException => AttemptOutcome.CredentialsUnusable,
        UnsendableHeaderException => AttemptOutcome.Misconfigured,
        AddressForbiddenException or HttpRequestException { InnerException: AddressForbiddenException } => AttemptOutcome.AddressForbidden,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => AttemptOutcome.DnsFailed,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => AttemptOutcome.TlsFailed,
        HttpRequestException { InnerException: AuthenticationException or IOException { InnerException: AuthenticationException } } => AttemptOutcome.TlsFailed,
        HttpRequestException { InnerException: SocketException { SocketErrorCode: var code } } when IsNameError(code) => AttemptOutcome.DnsFailed,
        SocketException { SocketErrorCode: var code } when IsNameError(code) => AttemptOutcome.DnsFailed,
        HttpRequestException or IOException or SocketException => AttemptOutcome.ConnectFailed,
        _ => null,
    };

    /// <summary>What is said of a status that is not 2xx, with the way out where we know it.</summary>
    public static string Describe(int status) => status switch
    {
        >= 300 and < 400 => $"the receiver answered {status}; redirects are not followed, use the final address as endpoint",
        401 or 403 => $"the receiver answered {status}; check the authentication and the secret",
        404 or 410 => $"the receiver answered {status}; check the endpoint's path",
        407 => $"the proxy answered {status}; check {EgressOptions.SectionName}:{nameof(EgressOptions.ProxyCredentials)}",
        405 or 501 => $"the receiver answered {status}; the endpoint must take POST",
        413 => $"the receiver answered {status}; it does not take a body of this size",
        _ when Enum.IsDefined((HttpStatusCode)status) => $"the receiver answered {status} ({(HttpStatusCode)status})",
        _ => $"the receiver answered {status}",
    };

    /// <returns>May quote the receiver: to be bounded and redacted.</returns>
    public static string Describe(AttemptOutcome outcome, Exception exception, TimeSpan timeout) => outcome switch
    {
        AttemptOutcome.TimedOut => FormattableString.Invariant($"no answer within {timeout.TotalSeconds:0.###} s"),
        AttemptOutcome.AddressForbidden => (exception.InnerException ?? exception).Message,
        AttemptOutcome.TlsFailed => "the TLS handshake failed: " + (exception.InnerException ?? exception).Message,
        _ => exception.Message,
    };

    private static bool IsNameError(SocketError code) =>
        code is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery;
}
