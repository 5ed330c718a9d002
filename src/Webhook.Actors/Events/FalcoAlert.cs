using System.Text;
using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>One alert as Falco's <c>http_output</c> sends it: the members that are mapped, as they are written, quotes included.</summary>
/// <remarks>
/// Rule, priority and output are required. The others may be missing or null: older versions send no source, tags or hostname, and settings leave out more.
/// Unknown members are ignored; of a repeated one the last counts. https://falco.org/docs/concepts/outputs/formatting/
/// </remarks>
internal ref struct FalcoAlert
{
    private const int Informational = 6;

    // In the order of their severity, 0 to 7. Falco writes Informational, and takes and documents Info as the same.
    private static readonly string[] Priorities = ["Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug"];

    private readonly ReadOnlySpan<byte> _json;
    private Range _rule;
    private Range _output;
    private Range _priority;
    private Range _source;
    private Range _hostname;
    private Range _time;
    private Range _tags;
    private Range _outputFields;

    private FalcoAlert(ReadOnlySpan<byte> json) => _json = json;

    public readonly ReadOnlySpan<byte> Rule => _json[_rule];

    public readonly ReadOnlySpan<byte> Output => _json[_output];

    /// <summary>Empty if the alert has none, as are the following.</summary>
    public readonly ReadOnlySpan<byte> Source => _json[_source];

    public readonly ReadOnlySpan<byte> Hostname => _json[_hostname];

    public readonly ReadOnlySpan<byte> Tags => _json[_tags];

    public readonly ReadOnlySpan<byte> OutputFields => _json[_outputFields];

    public readonly ReadOnlySpan<byte> TimeText => _json[_time];

    /// <summary>What <see cref="TimeText"/> says.</summary>
    public EventTimestamp Time { get; private set; }

    /// <summary>0 (Emergency) to 7 (Debug).</summary>
    public int Severity { get; private set; }

    /// <param name="json">One valid JSON object.</param>
    public static Fault? Read(ReadOnlySpan<byte> json, out FalcoAlert alert)
    {
        alert = new FalcoAlert(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Unescaped keys only: Falco's are plain, and an unknown member is no fault.
            var fault = reader.ValueSpan switch
            {
                var key when key.SequenceEqual("rule"u8) => Take(ref reader, "rule", JsonTokenType.String, ref alert._rule),
                var key when key.SequenceEqual("output"u8) => Take(ref reader, "output", JsonTokenType.String, ref alert._output),
                var key when key.SequenceEqual("priority"u8) => Take(ref reader, "priority", JsonTokenType.String, ref alert._priority),
                var key when key.SequenceEqual("source"u8) => Take(ref reader, "source", JsonTokenType.String, ref alert._source),
                var key when key.SequenceEqual("hostname"u8) => Take(ref reader, "hostname", JsonTokenType.String, ref alert._hostname),
                var key when key.SequenceEqual("time"u8) => Take(ref reader, "time", JsonTokenType.String, ref alert._time),
                var key when key.SequenceEqual("tags"u8) => Take(ref reader, "tags", JsonTokenType.StartArray, ref alert._tags),
                var key when key.SequenceEqual("output_fields"u8) => Take(ref reader, "output_fields", JsonTokenType.StartObject, ref alert._outputFields),
                _ => Ignore(ref reader),
            };
            if (fault is not null) return fault;
        }

        if (alert.Rule.IsEmpty) return Wrong("has no rule, which every alert of Falco has");
        if (alert.Output.IsEmpty) return Wrong("has no output; set json_include_output_property to true in falco.yaml");
        if (json[alert._priority].IsEmpty) return Wrong("has no priority, which every alert of Falco has");
        return ReadPriority(json[alert._priority][1..^1], ref alert) ?? ReadTime(ref alert);
    }

    private static Fault? ReadPriority(ReadOnlySpan<byte> text, ref FalcoAlert alert)
    {
        for (var severity = 0; severity < Priorities.Length; severity++)
        {
            if (!Ascii.EqualsIgnoreCase(text, Priorities[severity]) && !(severity == Informational && Ascii.EqualsIgnoreCase(text, "Info"))) continue;
            alert.Severity = severity;
            return null;
        }

        return Wrong($"has the priority \"{Excerpt.Of(text)}\", which is none of Falco's: {string.Join(", ", Priorities)}");
    }

    private static Fault? ReadTime(ref FalcoAlert alert)
    {
        if (alert.TimeText.IsEmpty) return null;
        if (!Rfc3339.TryParse(alert.TimeText[1..^1], out var time) || time.Seconds < 0)
            return Wrong($"has the time {Excerpt.Of(alert.TimeText)}, which is not an RFC 3339 time from 1970 on such as 2026-01-31T23:59:59.123456789Z");
        alert.Time = time;
        return null;
    }

    private static Fault? Take(ref Utf8JsonReader reader, string name, JsonTokenType expected, ref Range place)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != expected)
            return Wrong($"has as {name} {EventScanner.Describe(reader.TokenType)}, not {EventScanner.Describe(expected)}");
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        place = start..(int)reader.BytesConsumed;
        return null;
    }

    private static Fault? Ignore(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static Fault Wrong(string reason) => new(IngestFault.FalcoAlert, reason);
}
