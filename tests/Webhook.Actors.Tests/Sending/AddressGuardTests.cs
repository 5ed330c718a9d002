using System.Net;
using System.Net.Sockets;
using CsCheck;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class AddressGuardTests
{
    private static readonly AddressGuard Strict = new([]);

    private static readonly Gen<IPAddress> AnyIPv4 = Gen.UInt.Select(static n => new IPAddress([(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n]));

    private static readonly Gen<IPAddress> AnyIPv6 = Gen.Byte.Array[16].Select(static bytes => new IPAddress(bytes));

    [Theory]
    // First and last address of each range.
    [InlineData("0.0.0.0", "0.255.255.255", "0.0.0.0/8 (this network, RFC 791)")]
    [InlineData("10.0.0.0", "10.255.255.255", "10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.64.0.0/10 (shared address space, RFC 6598)")]
    [InlineData("127.0.0.0", "127.255.255.255", "127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.254.0.0/16 (link local, RFC 3927)")]
    [InlineData("169.254.169.254", "169.254.169.254", "169.254.0.0/16 (link local, RFC 3927)")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.16.0.0/12 (private use, RFC 1918)")]
    [InlineData("192.0.0.11", "192.0.0.255", "192.0.0.0/24 (IETF protocol assignments, RFC 6890)")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.2.0/24 (documentation, RFC 5737)")]
    [InlineData("192.31.196.0", "192.31.196.255", "192.31.196.0/24 (AS112, RFC 7535)")]
    [InlineData("192.52.193.0", "192.52.193.255", "192.52.193.0/24 (automatic multicast tunneling, RFC 7450)")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.99.0/24 (6to4 relay anycast, RFC 7526)")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.168.0.0/16 (private use, RFC 1918)")]
    [InlineData("192.175.48.0", "192.175.48.255", "192.175.48.0/24 (AS112, RFC 7534)")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.18.0.0/15 (benchmarking, RFC 2544)")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.100.0/24 (documentation, RFC 5737)")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.113.0/24 (documentation, RFC 5737)")]
    [InlineData("224.0.0.0", "239.255.255.255", "224.0.0.0/4 (multicast, RFC 5771)")]
    [InlineData("240.0.0.0", "255.255.255.254", "240.0.0.0/4 (reserved, RFC 1112)")]
    [InlineData("255.255.255.255", "255.255.255.255", "255.255.255.255/32 (limited broadcast, RFC 919)")]
    [InlineData("::", "::", "::/128 (unspecified address, RFC 4291)")]
    [InlineData("::1", "::1", "::1/128 (loopback, RFC 4291)")]
    [InlineData("::8.8.8.8", "::8.8.8.8", "::/96 (IPv4-compatible, RFC 4291)")]
    [InlineData("::ffff:8.8.8.8", "::ffff:8.8.8.8", "::ffff:0:0/96 (IPv4-mapped, RFC 4291)")]
    [InlineData("::ffff:0:8.8.8.8", "::ffff:0:8.8.8.8", "::ffff:0:0:0/96 (IPv4-translated, RFC 2765)")]
    [InlineData("64:ff9b::8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::/96 (NAT64, RFC 6052)")]
    [InlineData("64:ff9b:1::", "64:ff9b:1::808:808", "64:ff9b:1::/48 (local-use NAT64, RFC 8215)")]
    [InlineData("100::", "100::ffff:ffff:ffff:ffff", "100::/64 (discard only, RFC 6666)")]
    [InlineData("100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", "100:0:0:1::/64 (dummy prefix, RFC 9780)")]
    [InlineData("2001:5::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::/23 (IETF protocol assignments, RFC 2928)")]
    [InlineData("2001:0:808:808::f7f7:f7f7", "2001:0:808:808::f7f7:f7f7", "2001::/32 (Teredo, RFC 4380)")]
    [InlineData("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "2001:2::/48 (benchmarking, RFC 5180)")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32 (documentation, RFC 3849)")]
    [InlineData("2002:808:808::", "2002:808:808:ffff:ffff:ffff:ffff:ffff", "2002::/16 (6to4, RFC 3056)")]
    [InlineData("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:8000::/48 (AS112, RFC 7534)")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::/20 (documentation, RFC 9637)")]
    [InlineData("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::/16 (segment routing, RFC 9602)")]
    [InlineData("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::/7 (unique local, RFC 4193)")]
    [InlineData("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::/10 (link local, RFC 4291)")]
    [InlineData("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::/10 (site local, RFC 3879)")]
    [InlineData("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::/8 (multicast, RFC 4291)")]
    [InlineData("200::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/3 (not global unicast, RFC 4291)")]
    [InlineData("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::/2 (not global unicast, RFC 4291)")]
    [InlineData("8000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "8000::/1 (not global unicast, RFC 4291)")]
    public void WhyForbidden_EdgesOfSpecialPurposeRanges_NamesTheRange(string first, string last, string range)
    {
        if (first == "0.0.0.0") first = "0.0.0.1";
        Strict.WhyForbidden(IPAddress.Parse(first)).ShouldBe($"{IPAddress.Parse(first)} is in {range}");
        Strict.WhyForbidden(IPAddress.Parse(last)).ShouldBe($"{IPAddress.Parse(last)} is in {range}");
    }

    [Theory]
    // One beside each range, where no other adjoins.
    [InlineData("1.0.0.0")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("191.255.255.255")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.88.98.255")]
    [InlineData("192.88.100.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("198.51.99.255")]
    [InlineData("198.51.101.0")]
    [InlineData("203.0.112.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2000::")]
    [InlineData("2001:200::")]
    [InlineData("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db9::")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2003::")]
    [InlineData("2620:4f:7fff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("3fff:1000::")]
    public void WhyForbidden_PublicAddress_Nothing(string address) => Strict.WhyForbidden(IPAddress.Parse(address)).ShouldBeNull();

    [Theory]
    [InlineData("::ffff:10.1.2.3", "::ffff:10.1.2.3 holds 10.1.2.3 (IPv4-mapped, RFC 4291), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("::7f00:1", "::127.0.0.1 holds 127.0.0.1 (IPv4-compatible, RFC 4291), which is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("::ffff:0:7f00:1", "::ffff:0:127.0.0.1 holds 127.0.0.1 (IPv4-translated, RFC 2765), which is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("64:ff9b::a9fe:a9fe", "64:ff9b::a9fe:a9fe holds 169.254.169.254 (NAT64, RFC 6052), which is in 169.254.0.0/16 (link local, RFC 3927)")]
    [InlineData("64:ff9b:1:a01:2:300::", "64:ff9b:1:a01:2:300:: holds 10.1.2.3 (local-use NAT64, RFC 8215), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("64:ff9b:1:a:1:203::", "64:ff9b:1:a:1:203:: holds 10.1.2.3 (local-use NAT64, RFC 8215), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("64:ff9b:1:0:a:102:300:0", "64:ff9b:1:0:a:102:300:0 holds 10.1.2.3 (local-use NAT64, RFC 8215), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("64:ff9b:1::a01:203", "64:ff9b:1::a01:203 holds 10.1.2.3 (local-use NAT64, RFC 8215), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("2002:c0a8:101::1", "2002:c0a8:101::1 holds 192.168.1.1 (6to4, RFC 3056), which is in 192.168.0.0/16 (private use, RFC 1918)")]
    [InlineData("2001:0:a00:1::f7f7:f7f7", "2001:0:a00:1::f7f7:f7f7 holds 10.0.0.1 (Teredo server, RFC 4380), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("2001:0:808:808::f5ff:fffe", "2001:0:808:808::f5ff:fffe holds 10.0.0.1 (Teredo client, RFC 4380), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("2a00:1450::5efe:a00:1", "2a00:1450::5efe:10.0.0.1 holds 10.0.0.1 (ISATAP, RFC 5214), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("2a00:1450::200:5efe:a00:1", "2a00:1450::200:5efe:a00:1 holds 10.0.0.1 (ISATAP, RFC 5214), which is in 10.0.0.0/8 (private use, RFC 1918)")]
    public void WhyForbidden_ForbiddenAddressInside_NamesBoth(string address, string expected) =>
        Strict.WhyForbidden(IPAddress.Parse(address)).ShouldBe(expected);

    [Theory]
    // The IPv4 range lets its mapped form through, and nothing that is translated or tunnelled on the way.
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", true)]
    [InlineData("10.0.0.0/8", "192.168.1.1", false)]
    [InlineData("10.0.0.0/8", "::10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "64:ff9b::10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "2002:a01:203::", false)]
    [InlineData("10.0.0.0/8", "2a00:1450::5efe:10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.4", false)]
    // The IPv6 range opens no IPv4 range.
    [InlineData("64:ff9b::/96", "64:ff9b::8.8.8.8", true)]
    [InlineData("64:ff9b::/96", "64:ff9b::10.1.2.3", false)]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::808:808", true)]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1:808:8:800::", true)]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1:a01:2:300:808:808", false)]
    [InlineData("::ffff:0:0/96", "::ffff:8.8.8.8", true)]
    [InlineData("::ffff:0:0/96", "::ffff:127.0.0.1", false)]
    [InlineData("::ffff:0:0/96", "127.0.0.1", false)]
    [InlineData("::/0", "::ffff:127.0.0.1", false)]
    [InlineData("::/0", "::1", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("fe80::/10", "fe80::1%1", true)]
    [InlineData("fe80::1/128", "fe80::1%7", true)]
    [InlineData("0.0.0.0/0", "169.254.169.254", true)]
    public void WhyForbidden_WithAllowedRange_OnlyThatIsOpen(string allowed, string address, bool expected) =>
        (new AddressGuard([IPNetwork.Parse(allowed)]).WhyForbidden(IPAddress.Parse(address)) is null).ShouldBe(expected);

    [Fact]
    public void WhyForbidden_BothRangesAllowed_TranslatedAddressIsOpen() =>
        new AddressGuard([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("64:ff9b::/96")]).WhyForbidden(IPAddress.Parse("64:ff9b::10.1.2.3")).ShouldBeNull();

    [Fact]
    public void WhyForbidden_ZoneOfAnInterface_IsNotPartOfTheAddress() =>
        Strict.WhyForbidden(IPAddress.Parse("fe80::1%1")).ShouldBe("fe80::1 is in fe80::/10 (link local, RFC 4291)");

    [Fact]
    public void WhyForbidden_AnyAddressOfAnyRange_IsForbidden() =>
        Gen.Int[0, SpecialPurposeRanges.All.Count - 1].Select(AnyIPv6, static (range, random) => Within(SpecialPurposeRanges.All[range].Network, random))
            .Sample(static address => Strict.WhyForbidden(address) is not null);

    [Fact]
    public void WhyForbidden_AnyIPv4_TranslatedFormsAgreeWithIt()
    {
        var translating = new AddressGuard([.. new[] { "::ffff:0:0/96", "64:ff9b::/96", "2002::/16" }.Select(IPNetwork.Parse)]);

        AnyIPv4.Sample(address =>
        {
            var isForbidden = Strict.WhyForbidden(address) is not null;
            return new[] { address.MapToIPv6(), Translated(address), SixToFour(address) }.All(form => translating.WhyForbidden(form) is not null == isForbidden);
        });
    }

    [Fact]
    public void WhyForbidden_AnyIPv6ThatIsNotGlobalUnicast_IsForbidden() =>
        AnyIPv6.Where(static address => address.GetAddressBytes()[0] >> 5 != 1).Sample(static address => Strict.WhyForbidden(address) is not null);

    private static IPAddress Within(IPNetwork network, IPAddress random)
    {
        var (bytes, noise) = (network.BaseAddress.GetAddressBytes(), random.GetAddressBytes());
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++) bytes[bit / 8] |= (byte)(noise[bit / 8] & (0x80 >> (bit % 8)));
        return new IPAddress(bytes);
    }

    private static IPAddress Translated(IPAddress address) => IPAddress.Parse($"64:ff9b::{address}");

    private static IPAddress SixToFour(IPAddress address)
    {
        address.AddressFamily.ShouldBe(AddressFamily.InterNetwork);
        return new IPAddress([0x20, 0x02, .. address.GetAddressBytes(), .. new byte[10]]);
    }
}
