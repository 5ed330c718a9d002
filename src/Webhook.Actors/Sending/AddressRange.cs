using System.Net;
using System.Net.Sockets;

namespace Webhook.Actors.Sending;

/// <summary>
/// Address ranges as operators write them. Stricter than <see cref="IPNetwork.TryParse(string, out IPNetwork)"/>, which takes 10/8 for 0.0.0.0/8, 010.0.0.0/8 for 8.0.0.0/8,
/// and drops bits beyond the prefix: in an allow-list each of these opens something else than was meant.
/// </summary>
internal static class AddressRange
{
    /// <returns>null, or what is wrong with <paramref name="text"/> and how to write it.</returns>
    public static string? TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseAddress(text[..slash], out var address) || !IPNetwork.TryParse(text, out var parsed))
            return $"'{text}' is not an address range; write it as address/prefix length, for example 10.20.0.0/16";
        if (!parsed.BaseAddress.Equals(address))
            return $"'{text}' has bits beyond its prefix length; write {parsed}, or {address}/{address.GetAddressBytes().Length * 8} for the one address";
        network = parsed;
        return null;
    }

    /// <summary>Bit by bit. <see cref="IPNetwork.Contains"/> takes an IPv4-mapped address for the IPv4 address, for some networks and not for others.</summary>
    public static bool Holds(this IPNetwork network, IPAddress address)
    {
        if (address.AddressFamily != network.BaseAddress.AddressFamily) return false;
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> prefix = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        network.BaseAddress.TryWriteBytes(prefix, out _);
        var (whole, rest) = (network.PrefixLength / 8, network.PrefixLength % 8);
        return bytes[..whole].SequenceEqual(prefix[..whole]) && (rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0);
    }

    /// <summary>An address in its usual form: four decimal numbers without leading zeros, or IPv6 without a zone.</summary>
    public static bool TryParseAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && (address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text
            : text.AsSpan().IndexOfAny('%', '[') < 0);
}
