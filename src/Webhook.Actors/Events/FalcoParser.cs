using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>Reads a body of Falco's alerts (usually one; an array or lines are taken too) and makes policy events of them.</summary>
internal static class FalcoParser
{
    // The encoder leaves letters of all scripts as they are; the result is JSON for receivers, never a part of a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As <see cref="EventParser.Parse"/>; places in refusals are those of the alerts in <paramref name="body"/>.</summary>
    public static ParseResult Parse(byte[] body, int length, IngestOptions options, DateTimeOffset receivedAt)
    {
        var time = EventTimestamp.From(receivedAt);
        var result = EventParser.Parse(ChannelList.SecureEventsPolicies, body, length, BodyFraming.ByContent, options, time);
        if (result is not ParseResult.Parsed { RefusedCount: 0, Events.Count: > 0 } alerts) return result;

        // Alerts come a few a second, each in a request of its own: a buffer for each is cheap.
        var written = new ArrayBufferWriter<byte>(2 * length);
        if (Map(alerts.Events, written, receivedAt) is { Count: > 0 } refused) return new ParseResult.Parsed(alerts.Events, refused, refused.Count);

        using var mapped = alerts.Events;
        var lines = EventMemory.Rent(written.WrittenCount);
        written.WrittenSpan.CopyTo(lines);
        var events = (ParseResult.Parsed)EventParser.Parse(
            ChannelList.SecureEventsPolicies, lines, written.WrittenCount, BodyFraming.Lines, options, time);
        return events with { Refused = [.. events.Refused.Select(refusal => refusal with { Offset = mapped.Events[refusal.Index].Offset })] };
    }

    private static List<EventRefusal> Map(IncomingEvents alerts, ArrayBufferWriter<byte> written, DateTimeOffset receivedAt)
    {
        var refused = new List<EventRefusal>();
        using var writer = new Utf8JsonWriter(written, WriterOptions);
        for (var i = 0; i < alerts.Count; i++)
        {
            ref readonly var place = ref alerts.Events[i];
            writer.Reset(written);
            var fault = FalcoAlert.Read(alerts.Body.Slice(place.Offset, place.Length), out var alert)
                ?? FalcoPolicyEvent.Write(alert, writer, Guid.CreateVersion7(receivedAt), receivedAt);
            if (fault is { } wrong) refused.Add(new EventRefusal(i, place.Offset, wrong.Kind, wrong.Reason));
            writer.Flush();
            written.Write("\n"u8);
        }

        return refused;
    }
}
