using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Net.Http.Headers;
using Webhook.Server.Access;

namespace Webhook.Server.Agent;

/// <summary>Who may send events to an agent that was given no ingest key: programs on the same machine.</summary>
/// <remarks>
/// A web page in a browser of this machine is on the same machine too. It cannot leave out <c>Origin</c> in a POST to another site, and a name of its own that it has pointed to this
/// machine stands in <c>Host</c>: either is refused.
/// </remarks>
internal sealed class LocalCallers : IProducers
{
    /// <returns>null, or why such an agent may not listen there.</returns>
    public static string? CheckUrls(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var host = BindingAddress.Parse(url).Host;
            if (!IsLoopback(host)) return $"--urls {url}: other machines reach it, and there is no ingest key: set {AccessKeys.IngestKeyVariable}, or listen on 127.0.0.1.";
        }

        return null;
    }

    public bool MaySend(HttpContext context, [NotNullWhen(true)] out string? producer, [NotNullWhen(false)] out ApiError? refusal)
    {
        var may = IsLocal(context);
        producer = may ? "" : null;
        refusal = may ? null : ApiErrors.Unauthorized;
        return may;
    }

    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey(HeaderNames.Origin)
        && IsLoopback(http.Request.Host.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
