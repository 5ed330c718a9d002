using System.Text;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class EventParserTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"b":[1,{"c":"é\ud83d\ude00"}]},"a":2}""")]
    [InlineData("{\n  \"a\": 1,\r\n  \"b\": [\n]\n}")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"time\ud800tamp":1}""")]
    public void Parse_OneObject_IsItsBytes(string body)
    {
        ParsedBody.Of(body).Texts.ShouldBe([body]);
        ParsedBody.Of(" \r\n\t" + body + "\n \t\r\n").Texts.ShouldBe([body]);
        ParsedBody.Of("\uFEFF" + body).Texts.ShouldBe([body]);
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData(" [ ] \n", 0)]
    [InlineData("[{}]", 1)]
    [InlineData("[ {} ,\n{ } ]\n", 2)]
    public void Parse_Array_IsItsElements(string body, int events)
    {
        var parsed = ParsedBody.Of(body);

        parsed.Unreadable.ShouldBeNull();
        parsed.Events.Count.ShouldBe(events);
        parsed.RefusedCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2}")]
    [InlineData("{\"a\":1}\n{\"b\":2}\n")]
    [InlineData("\uFEFF\n\n{\"a\":1}\r\n \t\r\n{\"b\":2}\r\n\n")]
    [InlineData("  {\"a\":1}  \n\t{\"b\":2}  ")]
    public void Parse_Lines_AreTrimmedAndBlankOnesSkipped(string body)
    {
        ParsedBody.Of(body).Texts.ShouldBe(["""{"a":1}""", """{"b":2}"""]);
        ParsedBody.Of(body, BodyFraming.Lines).Texts.ShouldBe(["""{"a":1}""", """{"b":2}"""]);
    }

    [Fact]
    public void Parse_PrettyObjectThenLines_TakesBoth() =>
        ParsedBody.Of("{\n\"a\":1\n}\n{\"b\":2}").Texts.ShouldBe(["{\n\"a\":1\n}", """{"b":2}"""]);

    [Theory]
    [InlineData("{\"a\":}\n{\"b\":2}\n", "is not valid JSON at byte 5: '}' is an invalid start of a value")]
    [InlineData("{\"a\":1}{}\n{\"b\":2}\n", "is not valid JSON at byte 7: '{' is invalid after a single JSON value. Expected end of data")]
    public void Parse_BrokenFirstLine_IsALineAndNotTheBody(string body, string reason)
    {
        var parsed = ParsedBody.Of(body);

        parsed.Texts.ShouldBe(["""{"b":2}"""]);
        parsed.Refused.ShouldBe([new EventRefusal(0, 0, IngestFault.NotJson, reason)]);
    }

    [Theory]
    [InlineData("", "EmptyBody", "The body is empty; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData(" \r\n\t", "EmptyBody", "The body is empty; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData("\uFEFF", "EmptyBody", "The body is empty; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData("hello", "NotJson", "The body is not valid JSON at byte 0: it starts with neither '{' nor '['; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData(" 42", "NotAnObject", "The body starts with a number at byte 1, but an event is a JSON object; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData("\"x\"", "NotAnObject", "The body starts with a string at byte 0, but an event is a JSON object; send one JSON object, an array of objects, or NDJSON.")]
    [InlineData("{", "NotJson", "The body is not valid JSON at byte 1: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("{\"a\":[", "NotJson", "The body is not valid JSON at byte 6: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("{\"a\":1,}", "NotJson", "The body is not valid JSON at byte 7: The JSON object contains a trailing comma at the end which is not supported in this mode.")]
    [InlineData("{\"a\":1} {\"b\":1}", "NotJson", "The body is not valid JSON at byte 8: more follows the object on its line; put one event on a line, or send an array.")]
    [InlineData("{\"a\":1} x\n{\"b\":2}", "NotJson", "The body is not valid JSON at byte 8: more follows the object on its line; put one event on a line, or send an array.")]
    [InlineData("[{},\n{\"a\" 1}]", "NotJson", "The body is not valid JSON at byte 10: '1' is invalid after a property name. Expected a ':'.")]
    [InlineData("[{}", "NotJson", "The body is not valid JSON at byte 3: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("[{}] {}", "NotJson", "The body is not valid JSON at byte 5: '{' is invalid after a single JSON value. Expected end of data.")]
    public void Parse_UnreadableBody_SaysWhereAndWhy(string body, string kind, string reason) =>
        ParsedBody.Of(body).Unreadable.ShouldBe(new Fault(Enum.Parse<IngestFault>(kind), reason));

    [Theory]
    [InlineData("5", "NotAnObject", "is a number, not a JSON object")]
    [InlineData("\"x\"", "NotAnObject", "is a string, not a JSON object")]
    [InlineData("[{\"a\":[1]}]", "NotAnObject", "is an array, not a JSON object")]
    [InlineData("null", "NotAnObject", "is null, not a JSON object")]
    [InlineData("true", "NotAnObject", "is true, not a JSON object")]
    [InlineData("false", "NotAnObject", "is false, not a JSON object")]
    [InlineData("{\"timestamp\":-1}", "Timestamp", "has the timestamp -1, which is negative; the earliest is 0")]
    [InlineData("{\"timestamp\":-0}", "Timestamp", "has the timestamp -0, which is negative; the earliest is 0")]
    [InlineData("{\"timestamp\":1.5}", "Timestamp", "has the timestamp 1.5, which has a fraction or an exponent; send an integer")]
    [InlineData("{\"timestamp\":1e9}", "Timestamp", "has the timestamp 1e9, which has a fraction or an exponent; send an integer")]
    [InlineData("{\"timestamp\":123456789012345678901}", "Timestamp", "has the timestamp 123456789012345678901, which has more than 20 digits, the limit")]
    [InlineData("{\"timestamp\":\"yesterday\"}", "Timestamp", "has the timestamp \"yesterday\", which is not an RFC 3339 time such as 2026-01-31T23:59:59.123456789Z")]
    [InlineData("{\"timestamp\":\"\\ud800\"}", "Timestamp", "has the timestamp \"\\ud800\", which is not an RFC 3339 time such as 2026-01-31T23:59:59.123456789Z")]
    [InlineData("{\"timestamp\":\"1969-12-31T23:59:59Z\"}", "Timestamp", "has the timestamp \"1969-12-31T23:59:59Z\", which is before 1970, the earliest")]
    [InlineData("{\"timestamp\":null}", "Timestamp", "has a timestamp that is null; send an integer or an RFC 3339 string, or leave it out")]
    [InlineData("{\"timestamp\":{\"timestamp\":1}}", "Timestamp", "has a timestamp that is an object; send an integer or an RFC 3339 string, or leave it out")]
    [InlineData("{\"timestamp\":[1]}", "Timestamp", "has a timestamp that is an array; send an integer or an RFC 3339 string, or leave it out")]
    [InlineData("{\"timestamp\":1,\"time\\u0073tamp\":1}", "RepeatedTimestamp", "has a second top-level \"timestamp\" at byte 24; send one")]
    [InlineData("{\"timestamp\":1,\"timestamp\":{}}", "RepeatedTimestamp", "has a second top-level \"timestamp\" at byte 24; send one")]
    public void Parse_WrongEventBetweenGoodOnes_RefusesItAlone(string wrong, string kind, string reason)
    {
        string[] bodies = [$"{{\"a\":12}}\n{wrong}\n{{\"b\":2}}", $"[{{\"a\":1}},{wrong},{{\"b\":2}}]"];
        foreach (var body in bodies)
        {
            var parsed = ParsedBody.Of(body);

            parsed.Events.Count.ShouldBe(2);
            parsed.Texts.Last().ShouldBe("""{"b":2}""");
            parsed.Refused.ShouldBe([new EventRefusal(1, 9, Enum.Parse<IngestFault>(kind), reason)]);
        }
    }

    [Fact]
    public void Parse_BrokenLineBetweenGoodOnes_RefusesItAlone()
    {
        var parsed = ParsedBody.Of("{\"a\":1}\n{\"x\":tru}\n{\"b\":2}\n");

        parsed.Texts.ShouldBe(["""{"a":1}""", """{"b":2}"""]);
        parsed.Refused.ShouldBe([new EventRefusal(1, 8, IngestFault.NotJson, "is not valid JSON at byte 16: 'tru}' is an invalid JSON literal. Expected the literal 'true'")]);
    }

    [Fact]
    public void Parse_InvalidUtf8InOneString_RefusesThatEventAlone()
    {
        byte[] array = [.. "[{\"a\":1},{\"a\":\"é"u8, 0xC3, .. "\"},{\"b\":2}]"u8];
        byte[] lines = [.. "{\"a\":12}\n{\"a\":\"é"u8, 0xC3, .. "\"}\n{\"b\":2}"u8];
        foreach (var body in new[] { array, lines })
        {
            var parsed = ParsedBody.Of(body);

            parsed.Texts.Last().ShouldBe("""{"b":2}""");
            parsed.Refused.ShouldBe([new EventRefusal(1, 9, IngestFault.NotUtf8, "is not valid UTF-8 at byte 17: 0xC3")]);
        }
    }

    [Fact]
    public void Parse_DepthAtAndOverTheLimit_IsRefusedFromTheNextLevelOn()
    {
        var deepest = Nested(64);
        var tooDeep = Nested(65);

        ParsedBody.Of(deepest).Texts.ShouldBe([deepest]);
        ParsedBody.Of($"[{deepest}]").Texts.ShouldBe([deepest]);
        ParsedBody.Of($"[{{}},{tooDeep},{{}}]").Refused.ShouldBe(
            [new EventRefusal(1, 4, IngestFault.TooDeep, "is nested deeper than 64 levels, the limit, at byte 324")]);
        ParsedBody.Of($"{{ }}\n{tooDeep}\n{{}}").Refused.ShouldBe(
            [new EventRefusal(1, 4, IngestFault.TooDeep, "is nested deeper than 64 levels, the limit, at byte 324")]);
    }

    [Fact]
    public void Parse_BracketsWithoutEnd_AreUnreadableAndDoNotOverflow() =>
        ParsedBody.Of(new string('[', 1_000_000)).Unreadable!.Value.Kind.ShouldBe(IngestFault.NotJson);

    [Fact]
    public void Parse_EventAtAndOverTheSizeLimit_IsRefusedFromTheNextByteOn()
    {
        var limits = new IngestOptions { MaxEventBytes = 10 };
        const string largest = """{"a":"bc"}""";
        const string tooLarge = """{"a":"bcd"}""";
        EventRefusal expected = new(1, 12, IngestFault.EventTooLarge, "is 11 bytes long; the limit is 10");

        foreach (var body in new[] { $"[{largest},{tooLarge},{{}}]", $"{largest} \n{tooLarge}\n{{}}" })
        {
            var parsed = ParsedBody.Of(body, limits: limits);
            parsed.Texts.ShouldBe([largest, "{}"]);
            parsed.Refused.ShouldBe([expected]);
        }

        ParsedBody.Of(tooLarge, limits: limits).Refused.ShouldBe([expected with { Index = 0, Offset = 0 }]);
    }

    [Theory]
    [InlineData("[{},{},{}]", true)]
    [InlineData("{}\n{}\n\n{}\n", true)]
    [InlineData("[{},5,{},{}]", false)]
    [InlineData("{}\n{}\nx\n{}", false)]
    public void Parse_MoreEventsThanTheLimit_RefusesTheBody(string body, bool readable)
    {
        var parsed = ParsedBody.Of(body, limits: new IngestOptions { MaxEvents = 3 });

        parsed.Unreadable.ShouldBe(
            readable ? null : new Fault(IngestFault.TooManyEvents, "The body holds more than 3 events, the limit; send them in several requests."));
    }

    [Fact]
    public void Parse_ManyRefusals_ListsTheFirstAndCountsAll()
    {
        var parsed = ParsedBody.Of(string.Join('\n', Enumerable.Repeat("5", 250)), BodyFraming.Lines);

        parsed.Refused.Count.ShouldBe(100);
        parsed.Refused[99].Index.ShouldBe(99);
        parsed.RefusedCount.ShouldBe(250);
    }

    [Theory]
    [InlineData("""{"a":1}""", 0, "Missing", 1_700_000_000, 123_456_789)]
    [InlineData("""{"a":{"timestamp":5},"b":[{"timestamp":6}],"c":"timestamp"}""", 0, "Missing", 1_700_000_000, 123_456_789)]
    [InlineData("""{ "timestamp" : 0 }""", 16, "Seconds", 0, 0)]
    [InlineData("""{"timestamp":99999999999}""", 13, "Seconds", 99_999_999_999, 0)]
    [InlineData("""{"timestamp":100000000000}""", 13, "Milliseconds", 100_000_000, 0)]
    [InlineData("""{"timestamp":99999999999999}""", 13, "Milliseconds", 99_999_999_999, 999_000_000)]
    [InlineData("""{"timestamp":100000000000000}""", 13, "Microseconds", 100_000_000, 0)]
    [InlineData("""{"timestamp":99999999999999999}""", 13, "Microseconds", 99_999_999_999, 999_999_000)]
    [InlineData("""{"timestamp":100000000000000000}""", 13, "Nanoseconds", 100_000_000, 0)]
    [InlineData("""{"timestamp":1685022245478445995}""", 13, "Nanoseconds", 1_685_022_245, 478_445_995)]
    [InlineData("""{"timestamp":99999999999999999999}""", 13, "Nanoseconds", 99_999_999_999, 999_999_999)]
    [InlineData("""{"time\u0073tamp":1685022245}""", 18, "Seconds", 1_685_022_245, 0)]
    [InlineData("""{"a":[],"timestamp":"2023-05-25T13:44:05.478445995Z"}""", 20, "Rfc3339", 1_685_022_245, 478_445_995)]
    [InlineData("""{"timestamp":"2023\u002d05-25T13:44:05\u005A"}""", 13, "Rfc3339", 1_685_022_245, 0)]
    public void Parse_Timestamp_IsFoundWithPlaceAndValue(string body, int offset, string form, long seconds, int nanoseconds)
    {
        var found = ParsedBody.Of($"[{{}},{body}]").Index[1];

        found.TimestampForm.ToString().ShouldBe(form);
        found.Timestamp.ShouldBe(new EventTimestamp(seconds, nanoseconds));
        found.TimestampOffset.ShouldBe(offset);
        var written = body.Substring(offset, found.TimestampLength);
        written.ShouldBe(body[offset..].Split(',', ' ', '}')[0][..found.TimestampLength]);
    }

    [Fact]
    public void Parse_ThousandEvents_AllocatesNothingForAnEvent()
    {
        var one = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"timestamp\":\"2023-05-25T13:44:05.478445995Z\",\"a\\u0041\":[1,{\"b\":\"c\"}]}\n", 10)));
        var many = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Encoding.UTF8.GetString(one), 100)));
        for (var i = 0; i < 50; i++) Allocated(many);

        (Allocated(many) - Allocated(one)).ShouldBeLessThan(1000);
    }

    private static long Allocated(byte[] content)
    {
        var body = EventMemory.Rent(content.Length);
        content.CopyTo(body, 0);
        var limits = new IngestOptions();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = EventParser.Parse("ACTIVITY_AUDIT", body, content.Length, BodyFraming.ByContent, limits, ParsedBody.ReceivedAt);
        ((ParseResult.Parsed)result).Events.Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);
}
