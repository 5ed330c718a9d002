using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Webhook.Actors.Events;

/// <summary>Reads one event's tokens: checks what the limits ask for and finds its top-level timestamp.</summary>
/// <remarks>Reads to the event's end also when something is wrong with it, so that the events behind it can be read; the first fault is the one reported.</remarks>
internal readonly ref struct EventScanner(ReadOnlySpan<byte> body, IngestOptions options, EventTimestamp receivedAt, bool isUtf8)
{
    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Reads the event that is the whole of [<paramref name="start"/>, <paramref name="end"/>).</summary>
    public Fault? ScanLine(int start, int end, out IncomingEvent found)
    {
        found = default;
        if (end - start > options.MaxEventBytes) return TooLarge(end - start);

        var reader = new Utf8JsonReader(_body[start..end], new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            reader.Read();
            var fault = Scan(ref reader, start, out found);

            // Reading on at the end throws if anything but white space is left.
            reader.Read();
            return fault;
        }
        catch (JsonException e)
        {
            var at = start + JsonFault.Place(e, _body[start..end]);
            return new Fault(IngestFault.NotJson, string.Create(CultureInfo.InvariantCulture, $"is not valid JSON at byte {at}: {JsonFault.Text(e)}"));
        }
    }

    /// <summary>Reads the value that <paramref name="reader"/> stands at the first token of; leaves it at the last one.</summary>
    /// <param name="origin">Where in the body the reader's bytes start.</param>
    /// <exception cref="JsonException">The syntax is broken before the value's end.</exception>
    public Fault? Scan(ref Utf8JsonReader reader, int origin, out IncomingEvent found)
    {
        found = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            var what = Describe(reader.TokenType);
            reader.Skip();
            return new Fault(IngestFault.NotAnObject, $"is {what}, not a JSON object");
        }

        var start = origin + (int)reader.TokenStartIndex;
        var depth = reader.CurrentDepth;
        var timestamp = new IncomingEvent(start, 0, 0, 0, TimestampForm.Missing, receivedAt);
        Fault? fault = null;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth - depth >= options.MaxDepth:
                    fault ??= TooDeep(origin + (int)reader.TokenStartIndex);
                    break;
                case JsonTokenType.PropertyName when reader.CurrentDepth == depth + 1 && TimestampReader.IsKey(reader.ValueSpan):
                    var repeated = timestamp.TimestampForm != TimestampForm.Missing;
                    var key = origin + (int)reader.TokenStartIndex;
                    reader.Read();
                    fault ??= repeated ? Repeated(key) : TimestampReader.Read(ref reader, start - origin, ref timestamp);
                    break;
            }
        }

        var end = origin + (int)reader.BytesConsumed;
        found = timestamp with { Length = end - start };
        if (found.Length > options.MaxEventBytes) return TooLarge(found.Length);
        return fault ?? (isUtf8 ? null : CheckUtf8(start, end));
    }

    private Fault? CheckUtf8(int start, int end)
    {
        if (Utf8.IsValid(_body[start..end])) return null;
        var at = start;
        while (Rune.DecodeFromUtf8(_body[at..end], out _, out var length) == OperationStatus.Done) at += length;
        return new Fault(IngestFault.NotUtf8, string.Create(CultureInfo.InvariantCulture, $"is not valid UTF-8 at byte {at}: 0x{_body[at]:X2}"));
    }

    private Fault TooLarge(int length) =>
        new(IngestFault.EventTooLarge, string.Create(CultureInfo.InvariantCulture, $"is {length} bytes long; the limit is {options.MaxEventBytes}"));

    private Fault TooDeep(int at) => new(
        IngestFault.TooDeep, string.Create(CultureInfo.InvariantCulture, $"is nested deeper than {options.MaxDepth} levels, the limit, at byte {at}"));

    private static Fault Repeated(int at) => new(
        IngestFault.RepeatedTimestamp, string.Create(CultureInfo.InvariantCulture, $"has a second top-level \"timestamp\" at byte {at}; send one"));

    public static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        _ => "false",
    };
}
