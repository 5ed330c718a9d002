using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Webhook.Actors.Events;

/// <summary>Cuts a request body into events and checks each, in one pass over its bytes and without an object for an event.</summary>
/// <remarks>
/// <para>In NDJSON every line stands alone. In an array what is wrong inside one element is that event's fault, but behind a syntax error nobody can tell where
/// the next element starts: the whole body is refused, also where good events could be stored alone (<c>?partial=true</c>).</para>
/// <para>A body by content that starts with <c>{</c> is one object, possibly over several lines; what follows it after a line break is NDJSON. Is that first
/// object broken, but its line looks like one of several (<c>{…}</c> and more behind it), then it is a broken line and not a broken body.</para>
/// </remarks>
internal readonly ref struct EventParser
{
    private const string Expected = "send one JSON object, an array of objects, or NDJSON";

    private readonly ReadOnlySpan<byte> _body;
    private readonly EventScanner _scanner;
    private readonly EventCollector _found;
    private readonly int _maxEvents;

    private EventParser(ReadOnlySpan<byte> body, IngestOptions options, EventTimestamp receivedAt, EventCollector found)
    {
        _body = body;
        _scanner = new EventScanner(body, options, receivedAt, isUtf8: Utf8.IsValid(body));
        _found = found;
        _maxEvents = options.MaxEvents;
    }

    /// <param name="body">Rented from the shared pool; belongs to the result if that is <see cref="ParseResult.Parsed"/>, else stays the caller's.</param>
    /// <param name="receivedAt">Stands for the timestamp of events that have none.</param>
    /// <param name="maxListed">Of the refused events as many are told one by one.</param>
    public static ParseResult Parse(
        string channel, byte[] body, int length, BodyFraming framing, IngestOptions options, EventTimestamp receivedAt, int maxListed = EventCollector.MaxListed)
    {
        using var found = new EventCollector(options.MaxEvents, maxListed, length);
        var parser = new EventParser(body.AsSpan(0, length), options, receivedAt, found);
        return parser.Read(framing) is { } fault ? new ParseResult.Unreadable(fault) : found.Complete(channel, body);
    }

    private Fault? Read(BodyFraming framing)
    {
        var start = _body.StartsWith("\uFEFF"u8) ? 3 : 0;
        start = SkipWhiteSpace(start);
        if (start == _body.Length) return new Fault(IngestFault.EmptyBody, $"The body is empty; {Expected}.");
        if (framing == BodyFraming.Lines) return ReadLines(start);

        return _body[start] switch
        {
            (byte)'[' => ReadArray(start),
            (byte)'{' => ReadObjectOrLines(start),
            (byte)'"' => Not("a string", start),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Not("a number", start),
            _ => NotJson(start, $"it starts with neither '{{' nor '['; {Expected}"),
        };
    }

    private Fault? ReadLines(int start)
    {
        while (start < _body.Length)
        {
            var end = EndOfLine(start);
            var line = _body[start..end].Trim(" \t\r"u8);
            if (!line.IsEmpty)
            {
                if (_found.IsFull) return TooMany();
                var offset = start + _body[start..end].IndexOf(line[0]);
                Keep(offset, _scanner.ScanLine(offset, offset + line.Length, out var found), found);
            }

            start = end + 1;
        }

        return null;
    }

    private Fault? ReadObjectOrLines(int start)
    {
        // Several values are allowed so that the reader stops behind the first one; what may follow it is decided here.
        var reader = new Utf8JsonReader(_body[start..], new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = int.MaxValue });
        int broken;
        string reason;
        try
        {
            reader.Read();
            var fault = _scanner.Scan(ref reader, start, out var found);
            var end = start + (int)reader.BytesConsumed;
            var rest = _body[end..EndOfLine(end)].Trim(" \t\r"u8);
            if (rest.IsEmpty)
            {
                if (_found.IsFull) return TooMany();
                Keep(start, fault, found);
                return ReadLines(end);
            }

            broken = end + _body[end..].IndexOf(rest[0]);
            reason = "more follows the object on its line; put one event on a line, or send an array";
        }
        catch (JsonException e)
        {
            broken = JsonFault.Place(e, _body[start..]) + start;
            reason = JsonFault.Text(e);
        }

        return IsOneOfSeveralLines(start) ? ReadLines(start) : NotJson(broken, reason);
    }

    private Fault? ReadArray(int start)
    {
        var reader = new Utf8JsonReader(_body[start..], new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (_found.IsFull) return TooMany();
                var offset = start + (int)reader.TokenStartIndex;
                Keep(offset, _scanner.Scan(ref reader, start, out var found), found);
            }

            // Reading on at the end throws if anything but white space is left.
            reader.Read();
            return null;
        }
        catch (JsonException e)
        {
            return NotJson(start + JsonFault.Place(e, _body[start..]), JsonFault.Text(e));
        }
    }

    private void Keep(int offset, Fault? fault, in IncomingEvent found)
    {
        if (fault is { } refused) _found.Refuse(offset, refused);
        else _found.Add(found);
    }

    private bool IsOneOfSeveralLines(int start)
    {
        var end = EndOfLine(start);
        return _body[start..end].TrimEnd(" \t\r"u8)[^1] == (byte)'}' && SkipWhiteSpace(end) < _body.Length;
    }

    private int EndOfLine(int start)
    {
        var length = _body[start..].IndexOf((byte)'\n');
        return length < 0 ? _body.Length : start + length;
    }

    private int SkipWhiteSpace(int start)
    {
        var length = _body[start..].IndexOfAnyExcept(" \t\r\n"u8);
        return length < 0 ? _body.Length : start + length;
    }

    private Fault TooMany() => new(
        IngestFault.TooManyEvents,
        string.Create(CultureInfo.InvariantCulture, $"The body holds more than {_maxEvents} events, the limit; send them in several requests."));

    private static Fault Not(string what, int at) => new(
        IngestFault.NotAnObject, string.Create(CultureInfo.InvariantCulture, $"The body starts with {what} at byte {at}, but an event is a JSON object; {Expected}."));

    private static Fault NotJson(int at, string reason) =>
        new(IngestFault.NotJson, string.Create(CultureInfo.InvariantCulture, $"The body is not valid JSON at byte {at}: {reason}."));
}
