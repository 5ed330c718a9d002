using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>Finds places in the log by age, size or count, by halving: a few blocks are read, however long the log is.</summary>
internal static class RetentionSearch
{
    /// <summary>The sequence of the first block appended at or after the cutoff.</summary>
    /// <remarks>Ages rise along the log as far as the clock did; after the clock was set back, blocks may be kept longer by as much.</remarks>
    public static ValueTask<long> FirstYoungerAsync(IEventLog log, int partition, DateTimeOffset cutoff, CancellationToken cancellation)
    {
        var nanoseconds = (cutoff - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        return FirstAsync(log, partition, block => block.AppendedAtNanoseconds >= nanoseconds, cancellation);
    }

    /// <summary>The sequence of the first block from which on the log is at most this large.</summary>
    public static ValueTask<long> FirstWithinAsync(IEventLog log, int partition, long maxBytes, CancellationToken cancellation)
    {
        var bytesEver = log.Bounds(partition).BytesEver;
        return FirstAsync(log, partition, block => bytesEver - block.BytesBefore <= maxBytes, cancellation);
    }

    /// <summary>Events ever appended before this sequence.</summary>
    public static async ValueTask<long> EventsBeforeAsync(IEventLog log, int partition, long sequence, CancellationToken cancellation)
    {
        var block = await log.ReadAsync(partition, sequence, cancellation).ConfigureAwait(false);
        if (block is null) return log.Bounds(partition).EventsEver;
        var before = block.EventsBefore + (EventBlock.BlockOf(sequence) == block.BlockSequence ? EventBlock.IndexOf(sequence) : 0);
        block.Release();
        return before;
    }

    private static async ValueTask<long> FirstAsync(IEventLog log, int partition, Func<EventBlock, bool> holds, CancellationToken cancellation)
    {
        var bounds = log.Bounds(partition);
        var low = EventBlock.BlockOf(bounds.Tail);
        var high = EventBlock.BlockOf(bounds.Head);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var block = await log.ReadAsync(partition, EventBlock.ToSequence(middle, 0), cancellation).ConfigureAwait(false);
            // A hole: the next block after it decides for all of it.
            if (block is null || holds(block)) high = middle;
            else low = block.BlockSequence + 1;
            block?.Release();
        }

        return EventBlock.ToSequence(Math.Min(low, EventBlock.BlockOf(bounds.Head)), 0);
    }
}
