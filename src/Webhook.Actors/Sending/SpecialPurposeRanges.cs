using System.Net;

namespace Webhook.Actors.Sending;

/// <summary>A range of addresses that is not the public internet's.</summary>
/// <param name="Source">The RFC that says so.</param>
internal sealed record SpecialPurposeRange(IPNetwork Network, string Name, string Source)
{
    public override string ToString() => $"{Network} ({Name}, {Source})";
}

/// <summary>
/// Every range that deliveries may not reach by themselves: the IANA IPv4 and IPv6 Special-Purpose Address Registries as of 2025-10-09
/// (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry), whatever they say of reachability; multicast;
/// and everything of IPv6 that is not global unicast (2000::/3), so that a range of the future is not open because this table is old.
/// </summary>
internal static class SpecialPurposeRanges
{
    /// <summary>Narrow ranges before wide ones, so that the first one that holds an address names it best.</summary>
    public static IReadOnlyList<SpecialPurposeRange> All { get; } =
    [
        .. new[]
        {
            Range("0.0.0.0/8", "this network", "RFC 791"),
            Range("0.0.0.0/32", "this host", "RFC 1122"),
            Range("10.0.0.0/8", "private use", "RFC 1918"),
            Range("100.64.0.0/10", "shared address space", "RFC 6598"),
            Range("127.0.0.0/8", "loopback", "RFC 1122"),
            Range("169.254.0.0/16", "link local", "RFC 3927"),
            Range("172.16.0.0/12", "private use", "RFC 1918"),
            Range("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
            Range("192.0.0.0/29", "IPv4 service continuity prefix", "RFC 7335"),
            Range("192.0.0.8/32", "IPv4 dummy address", "RFC 7600"),
            Range("192.0.0.9/32", "Port Control Protocol anycast", "RFC 7723"),
            Range("192.0.0.10/32", "TURN anycast", "RFC 8155"),
            Range("192.0.0.170/31", "NAT64 discovery", "RFC 7050"),
            Range("192.0.2.0/24", "documentation", "RFC 5737"),
            Range("192.31.196.0/24", "AS112", "RFC 7535"),
            Range("192.52.193.0/24", "automatic multicast tunneling", "RFC 7450"),
            Range("192.88.99.0/24", "6to4 relay anycast", "RFC 7526"),
            Range("192.168.0.0/16", "private use", "RFC 1918"),
            Range("192.175.48.0/24", "AS112", "RFC 7534"),
            Range("198.18.0.0/15", "benchmarking", "RFC 2544"),
            Range("198.51.100.0/24", "documentation", "RFC 5737"),
            Range("203.0.113.0/24", "documentation", "RFC 5737"),
            Range("224.0.0.0/4", "multicast", "RFC 5771"),
            Range("240.0.0.0/4", "reserved", "RFC 1112"),
            Range("255.255.255.255/32", "limited broadcast", "RFC 919"),

            Range("::/128", "unspecified address", "RFC 4291"),
            Range("::1/128", "loopback", "RFC 4291"),
            Range("::/96", "IPv4-compatible", "RFC 4291"),
            Range("::ffff:0:0/96", "IPv4-mapped", "RFC 4291"),
            Range("::ffff:0:0:0/96", "IPv4-translated", "RFC 2765"),
            Range("64:ff9b::/96", "NAT64", "RFC 6052"),
            Range("64:ff9b:1::/48", "local-use NAT64", "RFC 8215"),
            Range("100::/64", "discard only", "RFC 6666"),
            Range("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
            Range("2001::/23", "IETF protocol assignments", "RFC 2928"),
            Range("2001::/32", "Teredo", "RFC 4380"),
            Range("2001:1::1/128", "Port Control Protocol anycast", "RFC 7723"),
            Range("2001:1::2/128", "TURN anycast", "RFC 8155"),
            Range("2001:1::3/128", "DNS-SD service registration anycast", "RFC 9665"),
            Range("2001:2::/48", "benchmarking", "RFC 5180"),
            Range("2001:3::/32", "automatic multicast tunneling", "RFC 7450"),
            Range("2001:4:112::/48", "AS112", "RFC 7535"),
            Range("2001:10::/28", "ORCHID", "RFC 4843"),
            Range("2001:20::/28", "ORCHIDv2", "RFC 7343"),
            Range("2001:30::/28", "drone remote identification", "RFC 9374"),
            Range("2001:db8::/32", "documentation", "RFC 3849"),
            Range("2002::/16", "6to4", "RFC 3056"),
            Range("2620:4f:8000::/48", "AS112", "RFC 7534"),
            Range("3fff::/20", "documentation", "RFC 9637"),
            Range("5f00::/16", "segment routing", "RFC 9602"),
            Range("fc00::/7", "unique local", "RFC 4193"),
            Range("fe80::/10", "link local", "RFC 4291"),
            Range("fec0::/10", "site local", "RFC 3879"),
            Range("ff00::/8", "multicast", "RFC 4291"),
            Range("::/3", "not global unicast", "RFC 4291"),
            Range("4000::/2", "not global unicast", "RFC 4291"),
            Range("8000::/1", "not global unicast", "RFC 4291"),
        }.OrderByDescending(static range => range.Network.PrefixLength),
    ];

    /// <returns>The narrowest range that holds <paramref name="address"/>; null: it is a public one.</returns>
    public static SpecialPurposeRange? Find(IPAddress address)
    {
        foreach (var range in All)
        {
            if (range.Network.Holds(address)) return range;
        }

        return null;
    }

    private static SpecialPurposeRange Range(string network, string name, string source) => new(IPNetwork.Parse(network), name, source);
}
