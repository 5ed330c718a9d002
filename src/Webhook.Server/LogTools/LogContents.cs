using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Server.LogTools;

/// <summary>What can be read of a log's events.</summary>
/// <param name="FirstSequence">Of the first event; null: there is none.</param>
/// <param name="Head">The sequence that the next event gets.</param>
/// <param name="EventsEver">With those that are delivered and dropped.</param>
internal sealed record LogContents(
    long Blocks, long Events, long Bytes, long? FirstSequence, long Head, long EventsEver, DateTime? OldestAt, DateTime? NewestAt, IReadOnlyList<ChannelContents> Channels)
{
    /// <summary>Reads every block, so that nothing damaged stays unseen.</summary>
    public static async Task<LogContents> ReadAsync(IEventLog log, CancellationToken cancellation)
    {
        var (blocks, bytes) = (0L, 0L);
        var (first, oldest, newest) = (default(long?), default(DateTime?), default(DateTime?));
        var channels = new SortedDictionary<string, ChannelContents>(StringComparer.Ordinal);
        var from = 0L;
        while (await log.ReadAsync(0, from, cancellation) is { } block)
        {
            cancellation.ThrowIfCancellationRequested();
            blocks++;
            bytes += block.Length;
            first ??= block.FirstSequence;
            newest = StoredAt(block);
            oldest ??= newest;
            Add(channels, block);
            from = block.LastSequence + 1;
            block.Release();
        }

        var bounds = log.Bounds(0);
        return new LogContents(blocks, channels.Values.Sum(static channel => channel.Events), bytes, first, bounds.Head, bounds.EventsEver, oldest, newest, [.. channels.Values]);
    }

    public static DateTime StoredAt(EventBlock block) => DateTime.UnixEpoch.AddTicks(block.AppendedAtNanoseconds / TimeSpan.NanosecondsPerTick);

    private static void Add(SortedDictionary<string, ChannelContents> channels, EventBlock block)
    {
        Span<long> events = stackalloc long[block.Channels.Count];
        Span<long> bytes = stackalloc long[block.Channels.Count];
        events.Clear();
        bytes.Clear();
        var entries = block.Entries;
        for (var i = 0; i < entries.Length; i++)
        {
            events[entries[i].Channel]++;
            bytes[entries[i].Channel] += block.Event(i).Length;
        }

        for (var i = 0; i < events.Length; i++)
        {
            var name = block.Channels[i];
            var before = channels.GetValueOrDefault(name);
            channels[name] = new ChannelContents(name, (before?.Events ?? 0) + events[i], (before?.Bytes ?? 0) + bytes[i]);
        }
    }
}

/// <param name="Bytes">Of the events themselves.</param>
internal sealed record ChannelContents(string Channel, long Events, long Bytes);
