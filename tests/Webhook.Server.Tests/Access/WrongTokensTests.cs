using System.Net;
using Microsoft.Extensions.Time.Testing;
using Webhook.Server.Access;
using Webhook.Server.Settings;

namespace Webhook.Server.Tests.Access;

public sealed class WrongTokensTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly WrongTokens _tokens;

    public WrongTokensTests() => _tokens = new WrongTokens(new ApiOptions { WrongTokensPerMinute = 3 }, _time);

    [Fact]
    public void Count_BeyondTheShare_SaysHowLongToWait()
    {
        for (var i = 0; i < 3; i++) _tokens.Count(Attacker).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(20));

        _tokens.Count(Attacker).ShouldBe(TimeSpan.FromSeconds(40));
        _tokens.Count(IPAddress.Parse("192.0.2.2")).ShouldBeNull("another address has its own share");
    }

    [Fact]
    public void Count_AMinuteAfterTheFirst_BeginsAnew()
    {
        for (var i = 0; i < 4; i++) _tokens.Count(Attacker);
        _time.Advance(TimeSpan.FromMinutes(1));

        _tokens.Count(Attacker).ShouldBeNull();
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void Count_OfAnIPv6Network_IsOneClient(string first, string second, bool same)
    {
        for (var i = 0; i < 3; i++) _tokens.Count(IPAddress.Parse(first));

        (_tokens.Count(IPAddress.Parse(second)) is not null).ShouldBe(same);
    }

    [Fact]
    public void Count_MoreAddressesThanAreKept_ForgetsTheOldest()
    {
        for (var i = 0; i < 3; i++) _tokens.Count(Attacker);
        for (var i = 0; i < WrongTokens.MaxAddresses - 1; i++) _tokens.Count(new IPAddress(0x0a000000 + i));
        _tokens.Count(Attacker).ShouldNotBeNull("it is still among those that are kept");

        _tokens.Count(IPAddress.Parse("198.51.100.1"));

        _tokens.Count(Attacker).ShouldBeNull();
    }

    [Fact]
    public void Count_WithoutAnAddress_IsCountedToo()
    {
        for (var i = 0; i < 3; i++) _tokens.Count(null);

        _tokens.Count(null).ShouldNotBeNull();
    }
}
