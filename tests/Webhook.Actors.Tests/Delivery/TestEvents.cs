using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Webhook.Actors.Delivery;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Delivery;

/// <summary>Events and blocks for specs that start behind the parser.</summary>
internal static partial class TestEvents
{
    public const string Policies = "SECURE_EVENTS_POLICIES";
    public const string Audit = "ACTIVITY_AUDIT";

    public static string Json(int number) => $$"""{"timestamp":1685022245478445995,"n":{{number}}}""";

    public static IncomingEvents Incoming(string channel, params IReadOnlyList<string> events)
    {
        var text = string.Concat(events);
        var body = EventMemory.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var found = ArrayPool<IncomingEvent>.Shared.Rent(events.Count);
        var offset = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var length = Encoding.UTF8.GetBytes(events[i], body.AsSpan(offset));
            found[i] = Index(events[i], offset, length);
            offset += length;
        }

        return new IncomingEvents(channel, body, found, events.Count);
    }

    public static EventBlock Block(long sequence, params IReadOnlyList<(string Channel, string Json)> events)
    {
        var requests = events.Select(e => Incoming(e.Channel, e.Json)).ToArray();
        var block = EventBlock.Build(sequence, 0, 0, 1_000_000_000 * sequence, requests);
        foreach (var request in requests) request.Dispose();
        return block;
    }

    public static EventRun Whole(EventBlock block) => new(block, 0, block.Count);

    // Only nanosecond integers, or none at all: other forms are TimestampText's tests.
    private static IncomingEvent Index(string json, int offset, int length)
    {
        var match = Timestamp().Match(json);
        if (!match.Success) return new IncomingEvent(offset, length, 0, 0, TimestampForm.Missing, new EventTimestamp(1, 0));
        var value = long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return new IncomingEvent(
            offset, length, Encoding.UTF8.GetByteCount(json.AsSpan(0, match.Groups[1].Index)), (byte)match.Groups[1].Length,
            TimestampForm.Nanoseconds, new EventTimestamp(value / 1_000_000_000, (int)(value % 1_000_000_000)));
    }

    [GeneratedRegex("\"timestamp\":([0-9]{18,})")]
    private static partial Regex Timestamp();
}
