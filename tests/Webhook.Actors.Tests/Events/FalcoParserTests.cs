using System.Text;
using System.Text.Json.Nodes;
using Webhook.Actors.Events;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Events;

public sealed class FalcoParserTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123).AddTicks(4567);

    public static TheoryData<string> Alerts => [.. Sample.Alerts];

    [Fact]
    public void Parse_Alert_IsAPolicyEvent()
    {
        const string alert = """
            {"hostname":"nödé-1","output":"13:44:05: a \"shell\" \u00fc","output_fields":{"evt.time":1685022245478445995,"falco.evts_rate_sec":1846.4,"proc.aname[2]":"sudo",
            "user.name":null,"ok":true,"no":false,"list":[1, "a"],"object":{"a": "\u0041"},"k\u0041\"é":"\u0041é","big":1E+400,"empty":""},
            "priority":"Critical","rule":"Terminal shell","source":"syscall","tags":["container","shell"],"time":"2023-05-25T13:44:05.478445995Z","unknown":[1]}
            """;

        var mapped = Parse(alert).ShouldHaveSingleItem();

        mapped[..7].ShouldBe("{\"id\":\"");
        mapped[43..].ShouldBe(
            "\",\"type\":\"policy\",\"timestamp\":1685022245478445995,\"timestampRFC3339Nano\":\"2023-05-25T13:44:05.478445995Z\""
            + ",\"originator\":\"policy\",\"category\":\"runtime\",\"source\":\"syscall\",\"engine\":\"falco\",\"name\":\"Terminal shell\",\"severity\":2"
            + ",\"content\":{\"ruleName\":\"Terminal shell\",\"ruleType\":\"RULE_TYPE_FALCO\",\"ruleTags\":[\"container\",\"shell\"]"
            + ",\"output\":\"13:44:05: a \\\"shell\\\" \\u00fc\",\"fields\":{\"evt.time\":\"1685022245478445995\",\"falco.evts_rate_sec\":\"1846.4\""
            + ",\"proc.aname[2]\":\"sudo\",\"user.name\":\"\",\"ok\":\"true\",\"no\":\"false\",\"list\":\"[1, \\\"a\\\"]\""
            + ",\"object\":\"{\\\"a\\\": \\\"\\\\u0041\\\"}\",\"kA\\\"é\":\"\\u0041é\",\"big\":\"1E+400\",\"empty\":\"\"}}"
            + ",\"labels\":{\"host.hostName\":\"nödé-1\"}}");
    }

    [Fact]
    public void Parse_Alert_GetsAVersion7IdOfTheTimeOfReceipt()
    {
        var id = Guid.Parse(JsonNode.Parse(Parse("""{"rule":"r","output":"o","priority":"Debug"}""")[0])!["id"]!.GetValue<string>());

        id.Version.ShouldBe(7);
        Convert.ToInt64(id.ToString("N")[..12], 16).ShouldBe(Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Parse_AlertWithTheLeastMembers_LeavesOutOrEmptiesTheRest() =>
        Parse("""{"rule":"r","output":"o","priority":"Debug","source":null,"tags":null,"output_fields":null,"time":null,"hostname":null}""")[0][43..].ShouldBe(
            "\",\"type\":\"policy\",\"timestamp\":1700000000123456700,\"timestampRFC3339Nano\":\"2023-11-14T22:13:20.123456700Z\""
            + ",\"originator\":\"policy\",\"category\":\"runtime\",\"engine\":\"falco\",\"name\":\"r\",\"severity\":7"
            + ",\"content\":{\"ruleName\":\"r\",\"ruleType\":\"RULE_TYPE_FALCO\",\"ruleTags\":[],\"output\":\"o\",\"fields\":{}},\"labels\":{}}");

    [Fact]
    public void Parse_NoAlerts_IsNoEvents() => Parse("[]").ShouldBeEmpty();

    [Theory]
    [InlineData("Emergency", 0)]
    [InlineData("Alert", 1)]
    [InlineData("Critical", 2)]
    [InlineData("Error", 3)]
    [InlineData("Warning", 4)]
    [InlineData("Notice", 5)]
    [InlineData("Informational", 6)]
    [InlineData("Info", 6)]
    [InlineData("iNFO", 6)]
    [InlineData("Debug", 7)]
    [InlineData("DEBUG", 7)]
    public void Parse_Priority_IsTheSeverity(string priority, int severity) =>
        JsonNode.Parse(Parse($$"""{"rule":"r","output":"o","priority":"{{priority}}"}""")[0])!["severity"]!.GetValue<int>().ShouldBe(severity);

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Parse_SampleAlert_KeepsEveryMember(string name)
    {
        var alert = JsonNode.Parse(Sample.Read(name))!;

        var mapped = JsonNode.Parse(Parse(Encoding.UTF8.GetString(Sample.Read(name))).ShouldHaveSingleItem())!;

        mapped["content"]!["ruleName"]!.GetValue<string>().ShouldBe(alert["rule"]!.GetValue<string>());
        mapped["content"]!["output"]!.GetValue<string>().ShouldBe(alert["output"]!.GetValue<string>());
        mapped["content"]!["ruleTags"]!.ToJsonString().ShouldBe(alert["tags"]?.ToJsonString() ?? "[]");
        mapped["labels"]!["host.hostName"]?.GetValue<string>().ShouldBe(alert["hostname"]?.GetValue<string>());
        mapped["source"]?.GetValue<string>().ShouldBe(alert["source"]?.GetValue<string>());
        mapped["timestampRFC3339Nano"]!.GetValue<string>().ShouldBe(alert["time"]!.GetValue<string>());
        (mapped["timestamp"]!.GetValue<long>() / 100).ShouldBe((alert["time"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UnixEpoch).Ticks);
        mapped["content"]!["fields"]!.AsObject().Select(field => (field.Key, field.Value!.GetValue<string>())).ShouldBe(
            alert["output_fields"]!.AsObject().Select(field => (field.Key, field.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String
                ? field.Value.GetValue<string>()
                : field.Value.ToJsonString())));
    }

    [Fact]
    public void Parse_Burst_IsOneEventALine() => Parse(Encoding.UTF8.GetString(Sample.Read(Sample.Burst))).Count.ShouldBe(8);

    [Theory]
    [InlineData("""{"output":"o","priority":"Debug"}""", "has no rule, which every alert of Falco has")]
    [InlineData("""{"rule":null,"output":"o","priority":"Debug"}""", "has no rule, which every alert of Falco has")]
    [InlineData("""{"rule":5,"output":"o","priority":"Debug"}""", "has as rule a number, not a string")]
    [InlineData("""{"rule":"r","priority":"Debug"}""", "has no output; set json_include_output_property to true in falco.yaml")]
    [InlineData("""{"rule":"r","output":"o"}""", "has no priority, which every alert of Falco has")]
    [InlineData("""{"rule":"r","output":"o","priority":"Fatal"}""", "has the priority \"Fatal\", which is none of Falco's: Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug")]
    [InlineData("""{"rule":"r","output":"o","priority":"Debug","time":"noon"}""", "has the time \"noon\", which is not an RFC 3339 time from 1970 on such as 2026-01-31T23:59:59.123456789Z")]
    [InlineData("""{"rule":"r","output":"o","priority":"Debug","time":"1969-12-31T23:59:59Z"}""", "has the time \"1969-12-31T23:59:59Z\", which is not an RFC 3339 time from 1970 on such as 2026-01-31T23:59:59.123456789Z")]
    [InlineData("""{"rule":"r","output":"o","priority":"Debug","tags":"a"}""", "has as tags a string, not an array")]
    [InlineData("""{"rule":"r","output":"o","priority":"Debug","output_fields":[]}""", "has as output_fields an array, not an object")]
    [InlineData("""{"rule":"r","output":"o","priority":"Debug","output_fields":{"\ud800":1}}""", "has in output_fields the key \"\\ud800\", which holds half a surrogate pair")]
    public void Parse_WrongAlert_SaysWhatIsWrong(string alert, string reason)
    {
        var result = Run("""{"rule":"r","output":"o","priority":"Debug"}""" + "\n" + alert, new IngestOptions()).ShouldBeOfType<ParseResult.Parsed>();

        result.Events.Dispose();
        result.Refused.ShouldBe([new EventRefusal(1, 45, IngestFault.FalcoAlert, reason)]);
        result.RefusedCount.ShouldBe(1);
    }

    [Fact]
    public void Parse_AlertThatGrowsOverTheLimit_IsRefusedAtItsOwnPlace()
    {
        var result = Run("\n\n" + """{"rule":"r","output":"o","priority":"Debug"}""", new IngestOptions { MaxEventBytes = 100 }).ShouldBeOfType<ParseResult.Parsed>();

        result.Events.Dispose();
        result.Refused.ShouldHaveSingleItem().Kind.ShouldBe(IngestFault.EventTooLarge);
        result.Refused[0].Offset.ShouldBe(2);
    }

    [Fact]
    public void Parse_GoodAlertsBesideBadOnes_AreMappedAllTheSame()
    {
        const string Good = """{"rule":"r","output":"o","priority":"Debug"}""";
        var body = string.Join('\n', Good, """{"rule":"r","output":"o"}""", "[1]", Good, """{"rule":""");

        var result = Run(body, new IngestOptions()).ShouldBeOfType<ParseResult.Parsed>();

        using var events = result.Events;
        events.Count.ShouldBe(2);
        foreach (ref readonly var e in events.Events)
            JsonNode.Parse(Encoding.UTF8.GetString(events.Body.Slice(e.Offset, e.Length)))!["content"]!["ruleName"]!.GetValue<string>().ShouldBe("r");
        result.RefusedCount.ShouldBe(3);
        result.Refused.Select(static r => (r.Index, r.Offset, r.Kind)).ShouldBe(
            [(1, 45, IngestFault.FalcoAlert), (2, 71, IngestFault.NotAnObject), (4, 120, IngestFault.NotJson)]);
    }

    [Fact]
    public void Parse_OnlyBadAlerts_NoEventAndEveryReason()
    {
        var result = Run("""{"rule":"r"}""" + "\n" + """{"output":"o"}""", new IngestOptions()).ShouldBeOfType<ParseResult.Parsed>();

        result.Events.Count.ShouldBe(0);
        result.Events.Dispose();
        result.RefusedCount.ShouldBe(2);
        result.Refused.Select(static r => r.Index).ShouldBe([0, 1]);
    }

    [Fact]
    public void Parse_NotJson_IsUnreadable() => Run("hello", new IngestOptions()).ShouldBeOfType<ParseResult.Unreadable>();

    private static List<string> Parse(string body)
    {
        var parsed = Run(body, new IngestOptions()).ShouldBeOfType<ParseResult.Parsed>();
        parsed.RefusedCount.ShouldBe(0);
        using var events = parsed.Events;
        events.Channel.ShouldBe("SECURE_EVENTS_POLICIES");
        var texts = new List<string>();
        foreach (ref readonly var e in events.Events) texts.Add(Encoding.UTF8.GetString(events.Body.Slice(e.Offset, e.Length)));
        return texts;
    }

    private static ParseResult Run(string body, IngestOptions limits)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var rented = EventMemory.Rent(bytes.Length);
        bytes.CopyTo(rented, 0);
        return FalcoParser.Parse(rented, bytes.Length, BodyFraming.ByContent, limits, Now);
    }
}
