using Webhook.Server.Client;
using Webhook.Server.Client.Output;

namespace Webhook.Server.Tests.Client;

public sealed class TimeTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90s", "2026-11-24T09:58:30.000Z")]
    [InlineData("15m", "2026-11-24T09:45:00.000Z")]
    [InlineData("2h", "2026-11-24T08:00:00.000Z")]
    [InlineData("99999d", "1753-02-09T10:00:00.000Z")]
    [InlineData("2026-11-24T08:00:00+01:00", "2026-11-24T08:00:00+01:00")]
    [InlineData("2 h", "2 h")]
    [InlineData("-2h", "-2h")]
    [InlineData(null, null)]
    public void Resolve_HowLongAgo_IsATimeAndAllElseIsLeftAsItIs(string? text, string? expected) => TimeText.Resolve(text, Now).ShouldBe(expected);
}

public sealed class ConfirmationTests
{
    [Theory]
    [InlineData("y", true)]
    [InlineData("yes", true)]
    [InlineData("", false)]
    [InlineData("n", false)]
    [InlineData(null, false)]
    public void Require_Terminal_GoesOnWithYesOnly(string? answer, bool goesOn)
    {
        using var asked = new StringWriter();
        var ask = () => Confirmation.Require(false, "Delete it?", asked, new StringReader(answer is null ? "" : answer + "\n"), isTerminal: true);
        if (goesOn) ask.ShouldNotThrow();
        else ask.ShouldThrow<ClientFailure>().ExitCode.ShouldBe(ExitCode.Failed);
        asked.ToString().ShouldBe("Delete it? [y/N] ");
    }

    [Fact]
    public void Require_NoTerminal_IsRefusedUnlessConfirmed()
    {
        using var asked = new StringWriter();
        Should.Throw<ClientFailure>(() => Confirmation.Require(false, "Delete it?", asked, TextReader.Null, isTerminal: false)).ExitCode.ShouldBe(ExitCode.WrongUsage);
        Confirmation.Require(true, "Delete it?", asked, TextReader.Null, isTerminal: false);
        asked.ToString().ShouldBeEmpty();
    }
}

public sealed class ShownTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(3.2, "3.2 s")]
    [InlineData(59, "59 s")]
    [InlineData(200, "3 m 20 s")]
    [InlineData(7500, "2 h 5 m")]
    [InlineData(200_000, "2 d 7 h")]
    public void Age_Seconds_HasTwoUnitsAtMost(double seconds, string expected) => Shown.Age(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1500, "1.5 kB")]
    [InlineData(652_100, "652 kB")]
    [InlineData(34_000_000_000, "34 GB")]
    public void Bytes_Count_IsRounded(long bytes, string expected) => Shown.Bytes(bytes).ShouldBe(expected);
}
