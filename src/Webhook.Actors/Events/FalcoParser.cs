using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>Reads Falco's alerts (a body of usually one; an array or lines are taken too) and makes policy events of them.</summary>
internal static class FalcoParser
{
    // The encoder leaves letters of all scripts as they are; the result is JSON for receivers, never a part of a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As <see cref="EventParser.Parse"/>; places in refusals are those of the alerts in <paramref name="body"/>.</summary>
    public static ParseResult Parse(
        byte[] body, int length, BodyFraming framing, IngestOptions options, DateTimeOffset receivedAt, int maxListed = EventCollector.MaxListed)
    {
        var time = EventTimestamp.From(receivedAt);
        var result = EventParser.Parse(ChannelList.SecureEventsPolicies, body, length, framing, options, time, maxListed);
        if (result is not ParseResult.Parsed { Events.Count: > 0 } read) return result;

        using var alerts = read.Events;
        // Alerts come a few a second, each in a request of its own: a buffer for each is cheap.
        var written = new ArrayBufferWriter<byte>(2 * length);
        var (mapped, refused) = Map(alerts, written, receivedAt);
        if (mapped.Count == 0) return Join(new IncomingEvents(ChannelList.SecureEventsPolicies, EventMemory.Rent(1), ArrayPool<IncomingEvent>.Shared.Rent(1), 0), read, refused, maxListed);

        var lines = EventMemory.Rent(written.WrittenCount);
        written.WrittenSpan.CopyTo(lines);
        var events = (ParseResult.Parsed)EventParser.Parse(
            ChannelList.SecureEventsPolicies, lines, written.WrittenCount, BodyFraming.Lines, options, time, int.MaxValue);
        refused.AddRange(events.Refused.Select(grown => grown with { Index = mapped[grown.Index].Index, Offset = mapped[grown.Index].Offset }));
        return Join(events.Events, read, refused, maxListed);
    }

    /// <returns>Which alerts were written, one a line, and which could not be; numbered as if there were no others.</returns>
    private static (List<(int Index, int Offset)> Mapped, List<EventRefusal> Refused) Map(IncomingEvents alerts, ArrayBufferWriter<byte> written, DateTimeOffset receivedAt)
    {
        var mapped = new List<(int, int)>(alerts.Count);
        var refused = new List<EventRefusal>();
        var one = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(one, WriterOptions);
        for (var i = 0; i < alerts.Count; i++)
        {
            ref readonly var place = ref alerts.Events[i];
            one.ResetWrittenCount();
            writer.Reset(one);
            var fault = FalcoAlert.Read(alerts.Body.Slice(place.Offset, place.Length), out var alert)
                ?? FalcoPolicyEvent.Write(alert, writer, Guid.CreateVersion7(receivedAt), receivedAt);
            if (fault is { } wrong)
            {
                refused.Add(new EventRefusal(i, place.Offset, wrong.Kind, wrong.Reason));
                continue;
            }

            writer.Flush();
            written.Write(one.WrittenSpan);
            written.Write("\n"u8);
            mapped.Add((i, place.Offset));
        }

        return (mapped, refused);
    }

    /// <summary>The events, and what was refused in both passes in the order of the body.</summary>
    private static ParseResult.Parsed Join(IncomingEvents events, ParseResult.Parsed read, List<EventRefusal> refused, int maxListed)
    {
        // An alert's number counts those before it that were not even JSON. Of these only the first are listed, but whoever stands behind more than those is not listed itself.
        var all = new List<EventRefusal>(read.Refused);
        var before = 0;
        foreach (var late in refused.OrderBy(static r => r.Offset))
        {
            while (before < read.Refused.Count && read.Refused[before].Offset < late.Offset) before++;
            all.Add(late with { Index = late.Index + before });
        }

        return new ParseResult.Parsed(events, [.. all.OrderBy(static r => r.Offset).Take(maxListed)], read.RefusedCount + refused.Count);
    }
}
