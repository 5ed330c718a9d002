using Webhook.Server.Receiving;

namespace Webhook.Server.Tests.Receiving;

public sealed class FaultTextTests
{
    [Theory]
    [InlineData("503:10%", 503, 0.1, null)]
    [InlineData("500:first=3", 500, 1.0, 3)]
    [InlineData("429", 429, 1.0, null)]
    [InlineData("404:0.5%", 404, 0.005, null)]
    public void TryReadFail_Valid_IsRead(string text, int status, double share, int? first)
    {
        FaultText.TryReadFail(text, out var rule).ShouldBeNull();
        rule.ShouldBe(new FailRule(status, share, first, text));
    }

    [Theory]
    [InlineData("200:10%", "'200' is not a status between 300 and 599")]
    [InlineData("x", "'x' is not a status")]
    [InlineData("503:10", "'10' is neither a share like 10% nor")]
    [InlineData("503:101%", "'101%' is neither")]
    [InlineData("503:-1%", "'-1%' is neither")]
    [InlineData("503:NaN%", "'NaN%' is neither")]
    [InlineData("503:first=0", "'first=0' is neither")]
    public void TryReadFail_Invalid_SaysWhat(string text, string reason) => FaultText.TryReadFail(text, out _).ShouldNotBeNull().ShouldContain(reason);

    [Theory]
    [InlineData("200ms", 200, 200)]
    [InlineData("50ms..2s", 50, 2000)]
    [InlineData("0.5s", 500, 500)]
    public void TryReadDelay_Valid_IsRead(string text, int from, int to)
    {
        FaultText.TryReadDelay(text, out var delay).ShouldBeNull();
        delay.ShouldBe((TimeSpan.FromMilliseconds(from), TimeSpan.FromMilliseconds(to)));
    }

    [Theory]
    [InlineData("200")]
    [InlineData("2s..50ms")]
    [InlineData("-1s")]
    [InlineData("2h")]
    [InlineData("3601s")]
    [InlineData("..")]
    public void TryReadDelay_Invalid_SaysHow(string text) => FaultText.TryReadDelay(text, out _).ShouldNotBeNull().ShouldContain("200ms, 2s or 50ms..2s");

    [Theory]
    [InlineData("5%", 0.05)]
    [InlineData("100%", 1)]
    [InlineData("0%", 0)]
    public void TryReadReset_Valid_IsRead(string text, double share)
    {
        FaultText.TryReadReset(text, out var read).ShouldBeNull();
        read.ShouldBe(share);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("200%")]
    public void TryReadReset_Invalid_SaysHow(string text) => FaultText.TryReadReset(text, out _).ShouldNotBeNull().ShouldContain("0% to 100%");
}
