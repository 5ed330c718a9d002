using System.Text;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

/// <summary>A body put through the parser, and what came out as plain values.</summary>
internal sealed record ParsedBody(IReadOnlyList<byte[]> Events, IReadOnlyList<IncomingEvent> Index, IReadOnlyList<EventRefusal> Refused, int RefusedCount, Fault? Unreadable)
{
    public static readonly EventTimestamp ReceivedAt = new(1_700_000_000, 123_456_789);

    public IEnumerable<string> Texts => Events.Select(Encoding.UTF8.GetString);

    public static ParsedBody Of(string body, BodyFraming framing = BodyFraming.ByContent, IngestOptions? limits = null) =>
        Of(Encoding.UTF8.GetBytes(body), framing, limits);

    public static ParsedBody Of(byte[] body, BodyFraming framing = BodyFraming.ByContent, IngestOptions? limits = null)
    {
        // Whatever stands behind the body in a pooled array must not matter.
        var rented = EventMemory.Rent(body.Length + 1);
        body.CopyTo(rented, 0);
        rented.AsSpan(body.Length).Fill((byte)'!');

        var result = EventParser.Parse("ACTIVITY_AUDIT", rented, body.Length, framing, limits ?? new IngestOptions(), ReceivedAt);
        if (result is not ParseResult.Parsed parsed)
        {
            EventMemory.Return(rented);
            return new ParsedBody([], [], [], 0, ((ParseResult.Unreadable)result).Fault);
        }

        using var events = parsed.Events;
        var index = events.Events.ToArray();
        var slices = index.Select(e => events.Body.Slice(e.Offset, e.Length).ToArray()).ToList();
        return new ParsedBody(slices, index, parsed.Refused, parsed.RefusedCount, null);
    }
}
