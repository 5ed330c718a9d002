using System.Buffers;

namespace Webhook.Actors.Events;

/// <summary>Gathers what the parser finds in one body: the index of good events in a pooled array, and the refused ones, of which only the first are kept.</summary>
/// <param name="maxListed">Refusals that are told one by one; the rest is only counted.</param>
/// <param name="bodyBytes">Length of the body that is to be read.</param>
internal sealed class EventCollector(int maxEvents, int maxListed, int bodyBytes) : IDisposable
{
    /// <summary>As many as a producer is told of.</summary>
    public const int MaxListed = 100;

    // The index of most bodies fits at once, and that of a single event is small.
    private const int UsualEventBytes = 512;

    private List<EventRefusal>? _refused;
    private IncomingEvent[]? _events = ArrayPool<IncomingEvent>.Shared.Rent(Math.Min(maxEvents, (bodyBytes / UsualEventBytes) + 1));
    private int _count;
    private int _refusedCount;

    public bool IsFull => _count + _refusedCount >= maxEvents;

    public void Add(in IncomingEvent found)
    {
        var events = _events ?? throw new ObjectDisposedException(nameof(EventCollector));
        if (_count == events.Length)
        {
            var larger = ArrayPool<IncomingEvent>.Shared.Rent(events.Length * 2);
            events.CopyTo(larger, 0);
            ArrayPool<IncomingEvent>.Shared.Return(events);
            _events = events = larger;
        }

        events[_count++] = found;
    }

    public void Refuse(int offset, Fault fault)
    {
        if (_refusedCount < maxListed) (_refused ??= []).Add(new EventRefusal(_count + _refusedCount, offset, fault.Kind, fault.Reason));
        _refusedCount++;
    }

    /// <summary>Hands over what was found; <paramref name="body"/> belongs to the result from here on.</summary>
    public ParseResult.Parsed Complete(string channel, byte[] body)
    {
        var events = _events ?? throw new ObjectDisposedException(nameof(EventCollector));
        _events = null;
        return new ParseResult.Parsed(new IncomingEvents(channel, body, events, _count), _refused ?? (IReadOnlyList<EventRefusal>)[], _refusedCount);
    }

    public void Dispose()
    {
        if (_events is { } events) ArrayPool<IncomingEvent>.Shared.Return(events);
        _events = null;
    }
}
