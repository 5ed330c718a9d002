using System.Runtime.InteropServices;

namespace Webhook.Actors.Events;

/// <summary>
/// One event's line in a block's index: where it starts in the payload, its channel, and where and what its top-level timestamp is.
/// An event ends where the next one starts, the last one where the payload ends.
/// </summary>
/// <remarks>24 bytes, little endian, stored as it stands in memory: the layout is a file format.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct EventEntry(
    uint Offset,
    uint TimestampOffset,
    ushort Channel,
    TimestampForm TimestampForm,
    byte TimestampLength,
    uint Nanoseconds,
    long Seconds)
{
    public const int Size = 24;

    public EventTimestamp Timestamp => new(Seconds, (int)Nanoseconds);
}
