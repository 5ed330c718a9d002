using System.Net;

namespace Webhook.Actors.Sending;

/// <summary>The addresses of a host are all ones that deliveries may not reach.</summary>
internal sealed class AddressForbiddenException(string message) : Exception(message);

/// <summary>
/// Which addresses a delivery may connect to: public ones, and of the special-purpose ones those that the operator allows. A pure decision about one address;
/// it is taken on the very address that is connected to.
/// </summary>
/// <remarks>
/// An IPv4 address inside an IPv6 address counts as well as the address itself: both must be public or allowed. An IPv4-mapped address is the IPv4 address to the
/// operating system, so there allowing the IPv4 address is enough.
/// </remarks>
internal sealed class AddressGuard(IReadOnlyCollection<IPNetwork> allowed)
{
    /// <returns>null: it may be connected to. Else what it is, with the range's name and source.</returns>
    public string? WhyForbidden(IPAddress address)
    {
        // A zone (%eth0) says through which interface, not where to.
        var plain = new IPAddress(address.GetAddressBytes());
        foreach (var (embedded, how) in EmbeddedAddresses.In(plain))
        {
            if (!IsAllowed(embedded) && SpecialPurposeRanges.Find(embedded) is { } inner) return $"{plain} holds {embedded} ({how}), which is in {inner}";
        }

        if (IsAllowed(plain) || (plain.IsIPv4MappedToIPv6 && IsAllowed(plain.MapToIPv4()))) return null;
        return SpecialPurposeRanges.Find(plain) is { } range ? $"{plain} is in {range}" : null;
    }

    private bool IsAllowed(IPAddress address)
    {
        foreach (var network in allowed)
        {
            if (network.Holds(address)) return true;
        }

        return false;
    }
}
