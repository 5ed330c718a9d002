using System.Globalization;
using System.Text;
using CsCheck;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class TimestampTextTests
{
    private static readonly Gen<EventTimestamp> GenTimestamp =
        Gen.Select(Gen.OneOf(Gen.Long[0, 253_402_300_799], Gen.Long[1_000_000_000, 2_000_000_000]), Gen.Int[0, 999_999_999], (s, n) => new EventTimestamp(s, n));

    private static readonly Gen<TimestampResolution> GenResolution = Gen.Enum<TimestampResolution>();

    private static readonly Gen<string> GenFiller = Gen.OneOf("", " ", "\n\t", "\"a\":{\"timestamp\":1},", "\"é😀\": \"\\u0041\\\"\" , ");

    [Theory]
    [InlineData("""{"timestamp":1685022245478445995}""", TimestampResolution.Seconds, """{"timestamp":1685022245}""")]
    [InlineData("""{"timestamp":1685022245478445995}""", TimestampResolution.Milliseconds, """{"timestamp":1685022245478}""")]
    [InlineData("""{"timestamp":1685022245478445995}""", TimestampResolution.Microseconds, """{"timestamp":1685022245478445}""")]
    [InlineData("""{"timestamp":1685022245478445995}""", TimestampResolution.Nanoseconds, """{"timestamp":1685022245478445995}""")]
    [InlineData("""{"timestamp":"2023-05-25T13:44:05.478445995Z"}""", TimestampResolution.Nanoseconds, """{"timestamp":1685022245478445995}""")]
    public void Write_TimestampPresent_ReplacesItInPlace(string input, TimestampResolution resolution, string expected)
    {
        var form = input.Contains('T', StringComparison.Ordinal) ? TimestampForm.Rfc3339 : TimestampForm.Nanoseconds;
        var length = (byte)(input.Length - "{\"timestamp\":}".Length);

        Write(input, new EventEntry(0, 13, 0, form, length, 478_445_995, 1_685_022_245), resolution).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{}", """{"timestamp":1685022245}""")]
    [InlineData("{ \n}", "{\"timestamp\":1685022245 \n}")]
    [InlineData("""{"a":1}""", """{"timestamp":1685022245,"a":1}""")]
    [InlineData("""{ "a":1}""", """{"timestamp":1685022245, "a":1}""")]
    public void Write_TimestampMissing_InsertsItFirst(string input, string expected) =>
        Write(input, new EventEntry(0, 0, 0, TimestampForm.Missing, 0, 999_999_999, 1_685_022_245), TimestampResolution.Seconds).ShouldBe(expected);

    [Fact]
    public void Format_AnyTimeAndResolution_IsTheExactTruncatedInteger() =>
        Gen.Select(GenTimestamp, GenResolution).Sample((time, resolution) =>
        {
            var digits = new byte[32];

            var text = Encoding.ASCII.GetString(digits, 0, TimestampText.Format(time, resolution, digits));

            return text == Expected(time, resolution);
        });

    [Fact]
    public void Write_AnyFormAndResolution_ChangesNothingButTheTimestamp() =>
        Gen.Select(GenTimestamp, GenResolution, GenResolution, GenFiller, GenFiller).Sample((time, from, to, before, after) =>
        {
            var written = Expected(time, from);
            var head = "{" + before + "\"timestamp\": ";
            var tail = after.Length == 0 || after[0] != '"' ? after + "}" : "," + after.TrimEnd(' ', ',') + "}";
            var truncated = Truncate(time, from);
            var entry = new EventEntry(
                0, (uint)Encoding.UTF8.GetByteCount(head), 0, Form(from), (byte)written.Length, (uint)truncated.Nanoseconds, truncated.Seconds);

            return Write(head + written + tail, entry, to) == head + Expected(truncated, to) + tail;
        });

    [Fact]
    public void Write_SmallestEventAndLargestTimestamp_GrowsByNoMoreThanPromised()
    {
        var entry = new EventEntry(0, 0, 0, TimestampForm.Missing, 0, 999_999_999, 253_402_300_799);

        Write("""{"a":1}""", entry, TimestampResolution.Nanoseconds).Length.ShouldBe("""{"a":1}""".Length + TimestampText.MaxGrowth);
    }

    private static string Write(string input, EventEntry entry, TimestampResolution resolution)
    {
        var bytes = Encoding.UTF8.GetBytes(input);
        var destination = new byte[bytes.Length + TimestampText.MaxGrowth];
        return Encoding.UTF8.GetString(destination, 0, TimestampText.Write(bytes, entry, resolution, destination));
    }

    private static string Expected(EventTimestamp time, TimestampResolution resolution)
    {
        var nanoseconds = time.Seconds.ToString(CultureInfo.InvariantCulture) + time.Nanoseconds.ToString("D9", CultureInfo.InvariantCulture);
        var kept = nanoseconds[..^(9 - (3 * (int)resolution))].TrimStart('0');
        return kept.Length == 0 ? "0" : kept;
    }

    private static EventTimestamp Truncate(EventTimestamp time, TimestampResolution resolution)
    {
        var unit = (int)Math.Pow(10, 9 - (3 * (int)resolution));
        return time with { Nanoseconds = time.Nanoseconds / unit * unit };
    }

    private static TimestampForm Form(TimestampResolution resolution) => Enum.Parse<TimestampForm>(resolution.ToString());
}
