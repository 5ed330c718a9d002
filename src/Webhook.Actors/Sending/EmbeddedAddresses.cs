using System.Net;
using System.Net.Sockets;

namespace Webhook.Actors.Sending;

/// <summary>An IPv4 address that is written into an IPv6 address: whoever translates or tunnels sends the packet there.</summary>
internal readonly record struct EmbeddedAddress(IPAddress Address, string How);

/// <summary>Finds the IPv4 addresses in an IPv6 address, in every form that is standardised. A network's own translation prefix (RFC 6052, 6rd) cannot be told from any other address.</summary>
internal static class EmbeddedAddresses
{
    private const int IPv4Bytes = 4;

    private static readonly Form[] Forms =
    [
        new("::ffff:0:0/96", [12, 13, 14, 15], "IPv4-mapped, RFC 4291"),
        // :: and ::1 are none.
        new("::/96", [12, 13, 14, 15], "IPv4-compatible, RFC 4291") { SkipsZeroNetwork = true },
        new("::ffff:0:0:0/96", [12, 13, 14, 15], "IPv4-translated, RFC 2765"),
        new("64:ff9b::/96", [12, 13, 14, 15], "NAT64, RFC 6052"),
        // Which of RFC 6052's prefix lengths a network uses within this range is its own matter: each reading counts. In a longer form a shorter one reads as 0.0.0.0/8.
        new("64:ff9b:1::/48", [6, 7, 9, 10], "local-use NAT64, RFC 8215") { SkipsZeroNetwork = true },
        new("64:ff9b:1::/48", [7, 9, 10, 11], "local-use NAT64, RFC 8215") { SkipsZeroNetwork = true },
        new("64:ff9b:1::/48", [9, 10, 11, 12], "local-use NAT64, RFC 8215") { SkipsZeroNetwork = true },
        new("64:ff9b:1::/48", [12, 13, 14, 15], "local-use NAT64, RFC 8215") { SkipsZeroNetwork = true },
        new("2002::/16", [2, 3, 4, 5], "6to4, RFC 3056"),
        new("2001::/32", [4, 5, 6, 7], "Teredo server, RFC 4380"),
        new("2001::/32", [12, 13, 14, 15], "Teredo client, RFC 4380") { IsInverted = true },
    ];

    /// <summary>None for an IPv4 address.</summary>
    public static IEnumerable<EmbeddedAddress> In(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) yield break;
        var bytes = address.GetAddressBytes();
        foreach (var form in Forms)
        {
            if (form.Network.Holds(address) && form.Read(bytes) is { } embedded) yield return new EmbeddedAddress(embedded, form.Name);
        }

        // An interface identifier, so under any prefix: 0000:5efe or 0200:5efe, then the address.
        if (bytes is [_, _, _, _, _, _, _, _, 0x00 or 0x02, 0x00, 0x5e, 0xfe, ..])
            yield return new EmbeddedAddress(new IPAddress(bytes.AsSpan(12)), "ISATAP, RFC 5214");
    }

    /// <param name="bytes">Where the four bytes stand.</param>
    private sealed class Form(string network, int[] bytes, string name)
    {
        public IPNetwork Network { get; } = IPNetwork.Parse(network);

        public string Name => name;

        /// <summary>Written with every bit turned over.</summary>
        public bool IsInverted { get; init; }

        /// <summary>What reads as 0.0.0.0/8 is no address.</summary>
        public bool SkipsZeroNetwork { get; init; }

        public IPAddress? Read(byte[] address)
        {
            Span<byte> embedded = stackalloc byte[IPv4Bytes];
            for (var i = 0; i < IPv4Bytes; i++) embedded[i] = (byte)(IsInverted ? ~address[bytes[i]] : address[bytes[i]]);
            return SkipsZeroNetwork && embedded[0] == 0 ? null : new IPAddress(embedded);
        }
    }
}
