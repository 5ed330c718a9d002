using System.Runtime.InteropServices;

namespace Webhook.Load.Events;

/// <summary>Finds the events of a run in a body, whatever format that has: a vectorised search for the tags, nothing else is looked at. One for each connection.</summary>
internal sealed class EventScan
{
    private readonly List<SeenEvent> _events = [];
    private readonly List<(long Due, int Count)> _dues = [];

    public ReadOnlySpan<SeenEvent> Events => CollectionsMarshal.AsSpan(_events);

    /// <summary>When they were due, and how many next to each other were at that time: the events of one request share it.</summary>
    public ReadOnlySpan<(long Due, int Count)> Dues => CollectionsMarshal.AsSpan(_dues);

    public void Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> prefix)
    {
        _events.Clear();
        _dues.Clear();
        ReadOnlySpan<byte> lastDue = default;
        while (body.IndexOf(prefix) is var at and >= 0 && body.Length - at >= EventTag.Length)
        {
            var tag = body.Slice(at, EventTag.Length);
            _events.Add(new SeenEvent(Number(tag.Slice(EventTag.NumberAt, EventTag.NumberDigits)), (int)Number(tag.Slice(EventTag.SenderAt, EventTag.SenderDigits))));
            var due = tag.Slice(EventTag.DueAt, EventTag.DueDigits);
            if (due.SequenceEqual(lastDue)) CollectionsMarshal.AsSpan(_dues)[^1].Count++;
            else _dues.Add((Number(due), 1));
            lastDue = due;
            body = body[(at + EventTag.Length)..];
        }
    }

    private static long Number(ReadOnlySpan<byte> digits)
    {
        var number = 0L;
        foreach (var digit in digits) number = (number * 10) + (digit - '0');
        return number;
    }
}

internal readonly record struct SeenEvent(long Number, int Sender);
