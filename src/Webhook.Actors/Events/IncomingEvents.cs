using System.Buffers;

namespace Webhook.Actors.Events;

/// <summary>One event found in a request body: its place, and the place and value of its top-level timestamp (relative to the event's first byte).</summary>
internal readonly record struct IncomingEvent(
    int Offset,
    int Length,
    int TimestampOffset,
    byte TimestampLength,
    TimestampForm TimestampForm,
    EventTimestamp Timestamp);

/// <summary>
/// The validated events of one request: the pooled body and the index over it. Owned by one party at a time; whoever owns it disposes it once,
/// which gives both arrays back.
/// </summary>
internal sealed class IncomingEvents : IDisposable
{
    private byte[]? _body;
    private IncomingEvent[]? _events;

    /// <param name="body">Of <see cref="EventMemory"/>; ownership passes to this object.</param>
    /// <param name="events">Rented from <see cref="ArrayPool{T}.Shared"/>; ownership passes to this object.</param>
    public IncomingEvents(string channel, byte[] body, IncomingEvent[] events, int count)
    {
        Channel = channel;
        _body = body;
        _events = events;
        Count = count;
        long bytes = 0;
        foreach (ref readonly var e in events.AsSpan(0, count)) bytes += e.Length;
        Bytes = bytes;
    }

    public string Channel { get; }

    public int Count { get; }

    /// <summary>Bytes of the events alone, without what stood between them.</summary>
    public long Bytes { get; }

    public ReadOnlySpan<IncomingEvent> Events => (_events ?? throw Disposed()).AsSpan(0, Count);

    public ReadOnlySpan<byte> Body => _body ?? throw Disposed();

    public void Dispose()
    {
        if (_body is not { } body || _events is not { } events) return;
        _body = null;
        _events = null;
        EventMemory.Return(body);
        ArrayPool<IncomingEvent>.Shared.Return(events);
    }

    private static ObjectDisposedException Disposed() => new(nameof(IncomingEvents));
}
