using Webhook.Server.Client.Output;

namespace Webhook.Server.Tests.Client;

public sealed class TextTableTests
{
    private const string Url = "https://receiver.example/hook/with/a/path/that/is/longer/than/most/of/the/others/are/in/practice";

    [Fact]
    public void WriteTo_Pipe_EachRowIsOneLineHoweverLong()
    {
        var text = Write(Table(), isTerminal: false, width: null);
        text.Split('\n').ShouldBe([
            "ID  NAME  STATE      ENDPOINT" + new string(' ', Url.Length - "ENDPOINT".Length) + "  NOTE",
            $" 1  edge  Connected  {Url}  a note",
            $"12  wide  Error      {Url}",
            "",
        ]);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Render_Terminal_NoLineIsWiderAndNothingIsCutOff(int width)
    {
        var lines = Write(Table(), isTerminal: true, width).Split('\n');
        lines.Max(static line => line.Length).ShouldBeLessThanOrEqualTo(width);
        string.Concat(string.Concat(lines).Where(static c => !char.IsWhiteSpace(c))).ShouldContain("Connected");
        lines.ShouldNotContain(static line => line.Contains('…'));
        lines[0].ShouldStartWith("ID  NAME  STATE      ENDPOINT");
        lines.Length.ShouldBe(width == 200 ? 4 : 6);
    }

    [Fact]
    public void Render_NarrowTerminal_LeavesOutWhatCanBeDoneWithout()
    {
        var text = Write(Table(), isTerminal: true, width: 36);
        text.ShouldNotContain("NOTE");
        text.ShouldContain("ENDPOINT");
        text.Split('\n').Max(static line => line.Length).ShouldBeLessThanOrEqualTo(36);
    }

    [Fact]
    public void Row_ControlCharacters_DoNotReachTheTerminal() =>
        Write(new TextTable().Column("A").Row("x\u001b[31m\r\n\u009by [bold]"), isTerminal: false, null).ShouldBe("A\nx [31m   y [bold]\n");

    private static TextTable Table() => new TextTable().Column("ID", isNumber: true).Column("NAME").Column("STATE").Column("ENDPOINT", isLong: true).Column("NOTE", isLong: true, isExtra: true)
        .Row("1", "edge", "Connected", Url, "a note").Row("12", "wide", "Error", Url, null);

    // A terminal's lines without its colours.
    private static string Write(TextTable table, bool isTerminal, int? width)
    {
        using var text = new StringWriter();
        table.WriteTo(ClientOutput.Create(text, isTerminal: false, width), text, isTerminal);
        return text.ToString();
    }
}
