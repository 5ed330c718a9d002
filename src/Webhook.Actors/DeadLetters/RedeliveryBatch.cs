using System.Buffers;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.DeadLetters;

/// <summary>A dead letter as a batch of its own, under the identity that its event had when it was refused alone.</summary>
internal static class RedeliveryBatch
{
    // It was accepted once, whatever the limits are now.
    private static readonly IngestOptions NoLimits = new()
    {
        MaxEventBytes = 64 * 1024 * 1024,
        MaxBodyBytes = 64 * 1024 * 1024,
        MaxInflatedBytes = 512 * 1024 * 1024,
        MaxDepth = 1000,
    };

    /// <exception cref="InvalidDataException">What is kept is no event.</exception>
    public static Batch Create(LaneId lane, IntegrationSettings settings, DeadLetter letter)
    {
        using var parsed = Parse(letter);
        var found = parsed.Events[0];
        var json = parsed.Body.Slice(found.Offset, found.Length);
        var entry = new EventEntry(
            0, (uint)found.TimestampOffset, 0, found.TimestampForm, found.TimestampLength, (uint)found.Timestamp.Nanoseconds, found.Timestamp.Seconds);

        var isJson = settings.Output == PayloadFormat.Json;
        var body = ArrayPool<byte>.Shared.Rent(json.Length + TimestampText.MaxGrowth + 2);
        var start = isJson ? 1 : 0;
        var end = start + TimestampText.Write(json, entry, settings.TimestampResolution, body.AsSpan(start));
        if (isJson) body[0] = (byte)'[';
        else BatchText.ToOneLine(body.AsSpan(start, end - start));
        body[end] = isJson ? (byte)']' : (byte)'\n';

        var index = ArrayPool<BatchEvent>.Shared.Rent(1);
        index[0] = new BatchEvent(letter.Id.Sequence, start);
        return new Batch(body, end + 1, index, events: 1)
        {
            Lane = lane,
            Output = settings.Output,
            Kind = BatchKind.Redelivery,
            FirstSequence = letter.Id.Sequence,
            LastSequence = letter.Id.Sequence,
            Covers = new SequenceRange(letter.Id.Sequence, letter.Id.Sequence + 1),
            Channels = [letter.Channel],
            StoredAtNanoseconds = letter.AcceptedAtNanoseconds,
        };
    }

    private static IncomingEvents Parse(DeadLetter letter)
    {
        var body = EventMemory.Rent(letter.Event.Length);
        letter.Event.Span.CopyTo(body);
        var acceptedAt = new EventTimestamp(letter.AcceptedAtNanoseconds / 1_000_000_000, (int)(letter.AcceptedAtNanoseconds % 1_000_000_000));
        var result = EventParser.Parse(letter.Channel, body, letter.Event.Length, BodyFraming.ByContent, NoLimits, acceptedAt);
        if (result is ParseResult.Parsed { Events: { Count: 1 } events }) return events;
        if (result is ParseResult.Parsed parsed) parsed.Events.Dispose();
        else EventMemory.Return(body);
        throw new InvalidDataException($"Dead letter {letter.Id} of integration {letter.Integration} is not an event; it stays as it is.");
    }
}
