using System.ComponentModel.DataAnnotations;

namespace Webhook.Actors.Sending;

/// <summary>Where deliveries leave from, as told to receivers' operators, and where they may go.</summary>
public sealed class EgressOptions : IValidatableObject
{
    public const string SectionName = "Webhook:Egress";

    /// <summary>The name of this place, as <c>GET /v1/egress</c> tells it. Default: none.</summary>
    public string? Region { get; set; }

    /// <summary>The addresses or ranges that deliveries come from, as <c>GET /v1/egress</c> tells them for receivers' firewalls. Published, not enforced. Default: none.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>Address ranges (CIDR) that deliveries may reach although they are special-purpose: private networks, loopback. Default: none.</summary>
    public IList<string> AllowedAddresses { get; } = [];

    /// <summary>The address of this machine that connections leave from; only receivers with an address of its family are reached. Default: none, the system chooses.</summary>
    public string? LocalAddress { get; set; }

    /// <summary>
    /// <c>http://host:port</c> or <c>https://host:port</c> of an HTTP proxy for all deliveries. It is trusted: its own address need not be allowed. The receiver's host is resolved and
    /// checked before the proxy is asked, but the proxy resolves it again, so it must refuse what deliveries may not reach. Default: none, and the environment's proxy variables are not read.
    /// </summary>
    public string? Proxy { get; set; }

    /// <summary><c>user:password</c> for <see cref="Proxy"/>; never in an error, a log or an answer. Default: none.</summary>
    public string? ProxyCredentials { get; set; }

    /// <summary>Hosts that are reached without the proxy: a name (<c>hook.example.org</c>), or a suffix (<c>.internal</c>) for every name that ends in it. Default: none.</summary>
    public IList<string> ProxyExceptions { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var address in Addresses)
        {
            if (!AddressRange.TryParseAddress(address, out _) && AddressRange.TryParse(address, out _) is not null)
                yield return new ValidationResult($"{nameof(Addresses)}: '{address}' is neither an address nor a range; write it as 192.0.2.10 or 192.0.2.0/24.");
        }

        foreach (var range in AllowedAddresses)
        {
            if (AddressRange.TryParse(range, out _) is { } problem) yield return new ValidationResult($"{nameof(AllowedAddresses)}: {problem}.");
        }

        if (LocalAddress is not null && !AddressRange.TryParseAddress(LocalAddress, out _))
            yield return new ValidationResult($"{nameof(LocalAddress)}: '{LocalAddress}' is not an address of this machine; write it as 192.0.2.10.");
        if (Proxy is not null && CheckProxy(Proxy) is { } wrong) yield return new ValidationResult($"{nameof(Proxy)}: {wrong}.");
        if (ProxyCredentials is not null && Proxy is null)
            yield return new ValidationResult($"{nameof(ProxyCredentials)} is set, but there is no {nameof(Proxy)} to use it for; set that or remove this.");
        // Never the value.
        if (ProxyCredentials is not null && ProxyCredentials.IndexOf(':', StringComparison.Ordinal) < 1)
            yield return new ValidationResult($"{nameof(ProxyCredentials)} must be user:password; there is no user before a colon.");
        if (ProxyExceptions.Count > 0 && Proxy is null)
            yield return new ValidationResult($"{nameof(ProxyExceptions)} has entries, but there is no {nameof(Proxy)}; set that or remove these.");
        foreach (var host in ProxyExceptions)
        {
            if (Uri.CheckHostName(host.StartsWith('.') ? host[1..] : host) == UriHostNameType.Unknown)
                yield return new ValidationResult($"{nameof(ProxyExceptions)}: '{host}' is not a host; write a name (hook.example.org) or a suffix (.internal), without scheme, port or *.");
        }
    }

    private static string? CheckProxy(string proxy)
    {
        // What holds an @ may hold a password.
        if (proxy.Contains('@', StringComparison.Ordinal)) return $"must not hold user:password@; set {nameof(ProxyCredentials)} instead";
        return !Uri.TryCreate(proxy, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0
                ? $"'{proxy}' is not an HTTP proxy; write it as http://host:port or https://host:port"
                : null;
    }
}
