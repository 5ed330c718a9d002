using System.ComponentModel.DataAnnotations;
using System.Net;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class EgressOptionsTests
{
    [Fact]
    public void Validate_Defaults_NothingWrong() => Errors(new EgressOptions()).ShouldBeEmpty();

    [Fact]
    public void Validate_EverythingSet_NothingWrong() => Errors(new EgressOptions
    {
        Region = "eu-1",
        Addresses = { "192.0.2.10", "2001:db8::/64" },
        AllowedAddresses = { "10.0.0.0/8", "127.0.0.1/32", "FD00::/8", "::1/128" },
        LocalAddress = "192.0.2.10",
        Proxy = "https://proxy.internal:3129",
        ProxyCredentials = "user:pass:word",
        ProxyExceptions = { ".internal", "hook.example.org", "10.1.2.3" },
    }).ShouldBeEmpty();

    [Fact]
    public void Validate_EverythingWrong_AllIsSaidAtOnce() => Errors(new EgressOptions
    {
        Addresses = { "here" },
        AllowedAddresses = { "10.0.0.0", "10.0.0.0/33", "10/8", "010.0.0.0/8", "10.1.2.3/8", "fe80::%1/10", "::1/12" },
        LocalAddress = "eth0",
        Proxy = "socks5://proxy:1080",
        ProxyCredentials = "justapassword",
        ProxyExceptions = { "http://a.internal", "*.internal", "" },
    }).ShouldBe(
    [
        "Addresses: 'here' is neither an address nor a range; write it as 192.0.2.10 or 192.0.2.0/24.",
        "AllowedAddresses: '10.0.0.0' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.",
        "AllowedAddresses: '10.0.0.0/33' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.",
        "AllowedAddresses: '10/8' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.",
        "AllowedAddresses: '010.0.0.0/8' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.",
        "AllowedAddresses: '10.1.2.3/8' has bits beyond its prefix length; write 10.0.0.0/8, or 10.1.2.3/32 for the one address.",
        "AllowedAddresses: 'fe80::%1/10' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.",
        "AllowedAddresses: '::1/12' has bits beyond its prefix length; write ::/12, or ::1/128 for the one address.",
        "LocalAddress: 'eth0' is not an address of this machine; write it as 192.0.2.10.",
        "Proxy: 'socks5://proxy:1080' is not an HTTP proxy; write it as http://host:port or https://host:port.",
        "ProxyCredentials must be user:password; there is no user before a colon.",
        "ProxyExceptions: 'http://a.internal' is not a host; write a name (hook.example.org) or a suffix (.internal), without scheme, port or *.",
        "ProxyExceptions: '*.internal' is not a host; write a name (hook.example.org) or a suffix (.internal), without scheme, port or *.",
        "ProxyExceptions: '' is not a host; write a name (hook.example.org) or a suffix (.internal), without scheme, port or *.",
    ]);

    [Theory]
    [InlineData("http://user:hunter2@proxy:3128")]
    [InlineData("http://user:hunter2@")]
    [InlineData("user:hunter2@proxy")]
    public void Validate_PasswordInTheProxyUrl_IsRefusedWithoutShowingIt(string proxy) =>
        Errors(new EgressOptions { Proxy = proxy }).ShouldBe(["Proxy: must not hold user:password@; set ProxyCredentials instead."]);

    [Fact]
    public void Validate_ProxySettingsWithoutProxy_AreRefused() =>
        Errors(new EgressOptions { ProxyCredentials = "user:hunter2", ProxyExceptions = { ".internal" } }).ShouldBe(
        [
            "ProxyCredentials is set, but there is no Proxy to use it for; set that or remove this.",
            "ProxyExceptions has entries, but there is no Proxy; set that or remove these.",
        ]);

    [Fact]
    public void Of_EverythingSet_IsRead()
    {
        var rules = EgressRules.Of(new EgressOptions { LocalAddress = "192.0.2.10", Proxy = "http://proxy:3128", ProxyCredentials = "user:pass:word" });

        rules.LocalAddress.ShouldBe(IPAddress.Parse("192.0.2.10"));
        var credential = rules.Proxy.ShouldNotBeNull().ToWebProxy().Credentials!.GetCredential(new Uri("http://proxy:3128"), "Basic").ShouldNotBeNull();
        (credential.UserName, credential.Password).ShouldBe(("user", "pass:word"));
        rules.ToString().ShouldNotContain("pass:word");
    }

    private static string[] Errors(EgressOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(static r => r.ErrorMessage!)];
    }
}
