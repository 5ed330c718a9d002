using System.Buffers;
using System.Text;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>Requests and blocks whose events say which they are.</summary>
internal static class TestEvents
{
    public const string Channel = "SECURE_EVENTS_POLICIES";

    /// <summary>Events <c>{"n":first}</c>, <c>{"n":first+1}</c> … with <paramref name="padding"/> more bytes each.</summary>
    public static IncomingEvents Request(long first, int count, int padding = 0, string channel = Channel)
    {
        var body = new MemoryStream();
        var events = ArrayPool<IncomingEvent>.Shared.Rent(count);
        for (var i = 0; i < count; i++)
        {
            var text = Text(first + i, padding);
            events[i] = new IncomingEvent((int)body.Length, text.Length, 0, 0, TimestampForm.Missing, new EventTimestamp(first + i, 0));
            body.Write(text);
        }

        var rented = EventMemory.Rent((int)body.Length);
        body.ToArray().CopyTo(rented, 0);
        return new IncomingEvents(channel, rented, events, count);
    }

    public static byte[] Text(long n, int padding = 0) =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant($"{{\"n\":{n}{(padding > 0 ? ",\"p\":\"" + new string('x', padding) + "\"" : "")}}}"));

    /// <summary>The number that an event says it has.</summary>
    public static long NumberOf(ReadOnlySpan<byte> text)
    {
        using var document = System.Text.Json.JsonDocument.Parse(text.ToArray());
        return document.RootElement.GetProperty("n").GetInt64();
    }

    /// <summary>Appends one block that follows what the log has; event numbers go on from the events ever appended.</summary>
    public static Task<(long First, long Last)> AppendAsync(this IEventLog log, int count, int padding = 0, long atNanoseconds = 1, params IdempotencyRecord[] records) =>
        log.AppendAsync(count, padding, atNanoseconds, records, []);

    public static Task<(long First, long Last)> AppendAsync(this IEventLog log, int count, params InputMark[] marks) => log.AppendAsync(count, 0, 1, [], marks);

    private static async Task<(long First, long Last)> AppendAsync(
        this IEventLog log, int count, int padding, long atNanoseconds, IReadOnlyList<IdempotencyRecord> records, IReadOnlyList<InputMark> marks)
    {
        var bounds = log.Bounds(0);
        using var request = Request(bounds.EventsEver, count, padding);
        var block = EventBlock.Build(EventBlock.BlockOf(bounds.Head), bounds.EventsEver, bounds.BytesEver, atNanoseconds, [request]);
        try
        {
            await log.AppendAsync(0, block, records, marks, CancellationToken.None);
            return (block.FirstSequence, block.LastSequence);
        }
        finally
        {
            block.Release();
        }
    }

    /// <summary>Every event from the sequence on: its sequence and number. Fails if any is not exactly what was appended.</summary>
    public static async Task<List<(long Sequence, long Number)>> ReadAllAsync(this IEventLog log, long from = 0, int padding = 0)
    {
        var all = new List<(long, long)>();
        while (await log.ReadAsync(0, from, CancellationToken.None) is { } block)
        {
            for (var i = 0; i < block.Count; i++)
            {
                var sequence = EventBlock.ToSequence(block.BlockSequence, i);
                if (sequence < from) continue;
                var number = NumberOf(block.Event(i));
                number.ShouldBe(block.EventsBefore + i);
                block.Event(i).SequenceEqual(Text(number, padding)).ShouldBeTrue($"event {number} is not what was appended");
                all.Add((sequence, number));
            }

            from = block.LastSequence + 1;
            block.Release();
        }

        return all;
    }

    public static async Task<List<long>> NumbersAsync(this IEventLog log, long from = 0, int padding = 0) =>
        [.. (await log.ReadAllAsync(from, padding)).Select(static e => e.Number)];
}
