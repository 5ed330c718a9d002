using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CsCheck;
using Webhook.Actors.Events;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Events;

/// <summary>The parser against System.Text.Json's documents: on any bytes both take the same events, and take them byte for byte.</summary>
public sealed partial class EventParserPropertyTests
{
    private static readonly IngestOptions Limits = new() { MaxEventBytes = 120, MaxDepth = 5 };

    private static readonly Gen<string> GenString =
        Gen.OneOf("", "a", "timestamp", "time\\u0073tamp", "\\u0074imestamp", "timestam\\n", "é😀", "\\ud83d\\ude00", "\\ud800", "\\\"\\\\", "{\\u0000}").Select(s => $"\"{s}\"");

    private static readonly Gen<string> GenScalar = Gen.OneOf(
        GenString,
        Gen.Long[0, long.MaxValue].Select(n => $"{n}"),
        Gen.OneOf(
            "null", "true", "false", "0", "-0", "-1", "1.5", "1e3", "18446744073709551616", "100000000000000000000",
            "\"2023-05-25T13:44:05.478445995Z\"", "\"2023-05-25t13:44:05+02:00\"", "\"1969-12-31T23:59:59Z\"", "\"2023-02-29T00:00:00Z\""));

    private static readonly Gen<string> GenSpace = Gen.Frequency((6, ""), (1, " "), (1, "\t\r"));

    private static readonly Gen<string> GenKey = Gen.Frequency((1, Gen.Const("\"timestamp\"")), (3, GenString));

    private static readonly Gen<string> GenValue = Gen.Recursive<string>((depth, self) => depth > 6
        ? GenScalar
        : Gen.Frequency((4, GenScalar), (1, GenArray(self)), (1, GenObject(self))));

    private static readonly Gen<string> GenEvent = Gen.Frequency((9, GenObject(GenValue)), (1, GenValue));

    private static readonly Gen<(int At, int Kind, byte Byte)[]> GenMutations = Gen.Select(
        Gen.Int[0, 400], Gen.Int[0, 2], Gen.OneOf("{}[]\",:\\ \n0-.etu"u8.ToArray().Append((byte)0x80).Append((byte)0xC3).Append((byte)0xFF).Append((byte)0).ToArray()))
        .Array[0, 2];

    [Fact]
    public void Parse_AnyLines_TakesWhatJsonDocumentTakes() =>
        Gen.Select(GenEvent.Array[0, 6], Gen.OneOf("\n", "\r\n", "\n \n"), GenMutations).Sample(
            (events, separator, mutations) =>
            {
                var body = Mutate(Encoding.UTF8.GetBytes(string.Join(separator, events)), mutations);

                var parsed = ParsedBody.Of(body, BodyFraming.Lines, Limits);

                var (taken, refused) = ExpectedOfLines(body);
                if (taken.Count + refused == 0) return parsed.Unreadable?.Kind == IngestFault.EmptyBody;
                return parsed.Unreadable is null && parsed.RefusedCount == refused && Same(parsed.Events, taken);
            },
            time: FuzzTime.Seconds);

    [Fact]
    public void Parse_AnyArray_TakesWhatJsonDocumentTakes() =>
        Gen.Select(GenEvent.Array[0, 6], GenSpace, GenMutations).Sample(
            (events, space, mutations) =>
            {
                var body = Mutate(Encoding.UTF8.GetBytes($"[{space}{string.Join($"{space},\n", events)}{space}]{space}"), mutations);
                if (body.AsSpan().TrimStart(" \t\r\n"u8) is [] or [not (byte)'[', ..]) return true;

                var parsed = ParsedBody.Of(body, limits: Limits);

                if (ElementsOf(body) is not { } elements) return parsed.Unreadable?.Kind == IngestFault.NotJson;
                var taken = elements.Where(Takes).ToList();
                return parsed.Unreadable is null && parsed.RefusedCount == elements.Count - taken.Count && Same(parsed.Events, taken);
            },
            time: FuzzTime.Seconds);

    [Fact]
    public void Parse_AnySingleObject_TakesWhatJsonDocumentTakes() =>
        Gen.Select(GenObject(GenValue), GenMutations).Sample(
            (text, mutations) =>
            {
                var body = Mutate(Encoding.UTF8.GetBytes(text), mutations);
                if (body is not [(byte)'{', ..] || body.Contains((byte)'\n')) return true;

                var parsed = ParsedBody.Of(body, limits: Limits);

                var trimmed = body.AsSpan().TrimEnd(" \t\r"u8).ToArray();
                return Takes(trimmed) ? Same(parsed.Events, [trimmed]) : parsed.Events.Count == 0;
            },
            time: FuzzTime.Seconds);

    [Fact]
    public void Parse_AnyBytes_NeverThrows() =>
        Gen.Select(Gen.OneOf("", "{", "[", "[{\"timestamp\":", "\uFEFF{"), Gen.Byte.Array[0, 40]).Sample(
            (start, rest) =>
            {
                byte[] body = [.. Encoding.UTF8.GetBytes(start), .. rest];
                ParsedBody.Of(body, limits: Limits);
                ParsedBody.Of(body, BodyFraming.Lines, Limits);
            },
            time: FuzzTime.Seconds);

    private static Gen<string> GenArray(Gen<string> items) =>
        Gen.Select(items.Array[0, 3], GenSpace).Select((values, space) => $"[{space}{string.Join("," + space, values)}]");

    private static Gen<string> GenObject(Gen<string> values) =>
        Gen.Select(Gen.Select(GenKey, values).Array[0, 3], GenSpace, GenSpace).Select((members, before, after) =>
            $"{{{before}{string.Join(before + "," + after, members.Select(m => $"{m.Item1}{after}:{before}{m.Item2}"))}{after}}}");

    private static byte[] Mutate(byte[] body, (int At, int Kind, byte Byte)[] mutations)
    {
        var bytes = body.ToList();
        foreach (var (at, kind, value) in mutations)
        {
            var place = at % (bytes.Count + 1);
            if (kind == 0) bytes.Insert(place, value);
            else if (place < bytes.Count && kind == 1) bytes[place] = value;
            else if (place < bytes.Count) bytes.RemoveAt(place);
        }

        return [.. bytes];
    }

    private static (List<byte[]> Taken, int Refused) ExpectedOfLines(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        var lines = text.Split('\n').Select(line => line.Trim(' ', '\t', '\r')).Where(line => line.Length > 0).Select(Encoding.Latin1.GetBytes).ToList();
        var taken = lines.Where(Takes).ToList();
        return (taken, lines.Count - taken.Count);
    }

    private static List<byte[]>? ElementsOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 10_000 });
            return [.. document.RootElement.EnumerateArray().Select(e => JsonMarshal.GetRawUtf8Value(e).ToArray())];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Takes(byte[] json)
    {
        if (!Utf8.IsValid(json) || json.Length > Limits.MaxEventBytes) return false;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
            var timestamps = document.RootElement.EnumerateObject().Where(member => Name(member) == "timestamp").Select(member => member.Value).ToList();
            return timestamps.Count == 0 || (timestamps.Count == 1 && IsTimestamp(timestamps[0]));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsTimestamp(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText() is { Length: <= 20 } digits && digits.All(char.IsAsciiDigit),
        JsonValueKind.String => IsTime(value),
        _ => false,
    };

    private static bool IsTime(JsonElement value)
    {
        try
        {
            return Rfc3339Syntax().Match(value.GetString()!) is { Success: true } text
                && DateTimeOffset.TryParse(text.Result("$1$2$3").ToUpperInvariant(), CultureInfo.InvariantCulture, out var time)
                && time >= DateTimeOffset.UnixEpoch;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return false;
        }
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return "";
        }
    }

    private static bool Same(IReadOnlyList<byte[]> actual, List<byte[]> expected) =>
        actual.Select(Convert.ToHexString).SequenceEqual(expected.Select(Convert.ToHexString));

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:(\.\d{1,7})\d*)?(Z|[+-]\d\d:\d\d)\z", RegexOptions.IgnoreCase | RegexOptions.ECMAScript)]
    private static partial Regex Rfc3339Syntax();
}
