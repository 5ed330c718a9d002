using System.Net;

namespace Webhook.Actors.Sending;

/// <summary><see cref="EgressOptions"/>, read: how this process's deliveries leave and where they may go.</summary>
/// <param name="LocalAddress">null: the system chooses.</param>
/// <param name="Proxy">null: every receiver is connected to directly.</param>
internal sealed record EgressRules(AddressGuard Guard, IPAddress? LocalAddress, EgressProxy? Proxy)
{
    /// <param name="options">Validated.</param>
    public static EgressRules Of(EgressOptions options) => new(
        new AddressGuard([.. options.AllowedAddresses.Select(IPNetwork.Parse)]),
        options.LocalAddress is { } local ? IPAddress.Parse(local) : null,
        options.Proxy is { } proxy ? new EgressProxy(new Uri(proxy), Credentials(options.ProxyCredentials), [.. options.ProxyExceptions]) : null);

    private static NetworkCredential? Credentials(string? text)
    {
        if (text is null) return null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new NetworkCredential(text[..colon], text[(colon + 1)..]);
    }
}

/// <summary>The HTTP proxy that deliveries go through.</summary>
/// <param name="exceptions">Hosts that are reached without it: a name, or with a dot in front every name that ends so.</param>
internal sealed class EgressProxy(Uri address, NetworkCredential? credentials, IReadOnlyList<string> exceptions)
{
    public Uri Address => address;

    public IWebProxy ToWebProxy() => new WebProxy(address) { Credentials = credentials };

    public bool IsFor(Uri endpoint)
    {
        // The dot that makes a name absolute does not make it another host.
        var host = endpoint.IdnHost.TrimEnd('.');
        foreach (var exception in exceptions)
        {
            if (exception.StartsWith('.') ? host.EndsWith(exception, StringComparison.OrdinalIgnoreCase) : host.Equals(exception, StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }
}
