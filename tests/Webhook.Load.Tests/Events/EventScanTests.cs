using System.Text;
using System.Text.Json;
using Webhook.Load.Events;

namespace Webhook.Load.Tests.Events;

public sealed class EventScanTests
{
    private const string Run = "a1b2c3";

    [Fact]
    public void Read_StampedRequest_EveryNumberOnceWithItsDueTime()
    {
        var buffer = new RequestBuffer("POST / HTTP/1.1\r\n", new EventShape(300, 25), Run, sender: 7);
        buffer.Stamp(0, 1);

        // Over a carry through several digits, and again with the same buffer.
        var scan = Scan(buffer.Stamp(999_990, 123_456_789).Span);

        scan.Events.ToArray().ShouldBe(Enumerable.Range(999_990, 25).Select(number => new SeenEvent(number, 7)));
        scan.Dues.ToArray().ShouldBe([(123_456_789L, 25)]);
    }

    [Theory]
    [InlineData("Array", 3)]
    [InlineData("Ndjson", 3)]
    [InlineData("Object", 1)]
    public void Stamp_EachFormat_BodyIsJsonOfTheSizeAskedFor(string format, int events)
    {
        var shape = new EventShape(400, events, Enum.Parse<BodyFormat>(format));
        var request = Encoding.ASCII.GetString(new RequestBuffer("POST / HTTP/1.1\r\n", shape, Run, 0).Stamp(5, 6).Span);
        var body = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

        request.ShouldContain($"Content-Length: {body.Length}\r\n");
        var lines = format == "Array" ? [.. JsonDocument.Parse(body).RootElement.EnumerateArray().Select(e => e.GetRawText())] : body.Split('\n');
        lines.Length.ShouldBe(events);
        lines.ShouldAllBe(line => line.Length == 400 && JsonDocument.Parse(line, default).RootElement.GetProperty("type").GetString() == "policy");
    }

    [Fact]
    public void Read_WrittenAnewByAForwarder_StillFound()
    {
        var tag = EventTag.Format(Run, 1, 42, 99);

        Scan(Encoding.UTF8.GetBytes($$"""{"events" : [ {"log": "{\"id\":\"{{tag}}\"}" } ]}""")).Events.ToArray().ShouldBe([new SeenEvent(42, 1)]);
    }

    [Fact]
    public void Read_OtherRunOrCutOff_NotCounted()
    {
        var other = EventTag.Format("ffffff", 1, 42, 99);
        var cut = EventTag.Format(Run, 1, 42, 99)[..^1];

        Scan(Encoding.UTF8.GetBytes($"[\"{other}\",\"{cut}")).Events.Length.ShouldBe(0);
    }

    private static EventScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = new EventScan();
        scan.Read(body, EventTag.Prefix(Run));
        return scan;
    }
}
