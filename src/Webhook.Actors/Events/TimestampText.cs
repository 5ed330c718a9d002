using System.Globalization;

namespace Webhook.Actors.Events;

/// <summary>Copies an event with its top-level <c>timestamp</c> as an integer of one resolution, by truncation; every other byte stays as it came in.</summary>
internal static class TimestampText
{
    /// <summary>The most bytes that <see cref="Write"/> adds to an event: a whole member, a comma, and the digits of the year 9999 in nanoseconds.</summary>
    public const int MaxGrowth = 12 + 1 + MaxDigits;

    private const int MaxDigits = 21;

    /// <param name="event">The event's bytes, from <c>{</c> to <c>}</c>.</param>
    /// <param name="entry">What the index knows of it; only the timestamp's fields are read.</param>
    /// <param name="destination">At least <see cref="MaxGrowth"/> bytes longer than the event.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> @event, in EventEntry entry, TimestampResolution resolution, Span<byte> destination)
    {
        if (entry.TimestampForm == FormOf(resolution))
        {
            @event.CopyTo(destination);
            return @event.Length;
        }

        return entry.TimestampForm == TimestampForm.Missing
            ? Insert(@event, entry.Timestamp, resolution, destination)
            : Replace(@event, entry, resolution, destination);
    }

    /// <summary>The integer alone.</summary>
    /// <returns>Bytes written, at most 21.</returns>
    public static int Format(EventTimestamp timestamp, TimestampResolution resolution, Span<byte> destination)
    {
        var (unitsPerSecond, nanosecondsPerUnit) = Scale(resolution);
        var rest = (ulong)(timestamp.Nanoseconds / nanosecondsPerUnit);

        // 64 bits hold nanoseconds until the year 2554; strings may name the year 9999.
        var seconds = (ulong)timestamp.Seconds;
        int written;
        var fits = seconds < ulong.MaxValue / 1_000_000_000
            ? ((seconds * unitsPerSecond) + rest).TryFormat(destination, out written, provider: CultureInfo.InvariantCulture)
            : (((UInt128)seconds * unitsPerSecond) + rest).TryFormat(destination, out written, provider: CultureInfo.InvariantCulture);
        return fits ? written : throw new ArgumentException($"A timestamp needs up to {MaxDigits} bytes, not {destination.Length}.", nameof(destination));
    }

    private static int Replace(ReadOnlySpan<byte> @event, in EventEntry entry, TimestampResolution resolution, Span<byte> destination)
    {
        var start = (int)entry.TimestampOffset;
        var rest = @event[(start + entry.TimestampLength)..];
        @event[..start].CopyTo(destination);
        var written = start + Format(entry.Timestamp, resolution, destination[start..]);
        rest.CopyTo(destination[written..]);
        return written + rest.Length;
    }

    private static int Insert(ReadOnlySpan<byte> @event, EventTimestamp timestamp, TimestampResolution resolution, Span<byte> destination)
    {
        var member = "{\"timestamp\":"u8;
        member.CopyTo(destination);
        var written = member.Length + Format(timestamp, resolution, destination[member.Length..]);
        var rest = @event[1..];
        if (rest.TrimStart(" \t\r\n"u8)[0] != (byte)'}') destination[written++] = (byte)',';
        rest.CopyTo(destination[written..]);
        return written + rest.Length;
    }

    private static TimestampForm FormOf(TimestampResolution resolution) => resolution switch
    {
        TimestampResolution.Seconds => TimestampForm.Seconds,
        TimestampResolution.Milliseconds => TimestampForm.Milliseconds,
        TimestampResolution.Microseconds => TimestampForm.Microseconds,
        TimestampResolution.Nanoseconds => TimestampForm.Nanoseconds,
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, null),
    };

    private static (ulong UnitsPerSecond, int NanosecondsPerUnit) Scale(TimestampResolution resolution) => resolution switch
    {
        TimestampResolution.Seconds => (1, 1_000_000_000),
        TimestampResolution.Milliseconds => (1_000, 1_000_000),
        TimestampResolution.Microseconds => (1_000_000, 1_000),
        TimestampResolution.Nanoseconds => (1_000_000_000, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, null),
    };
}
