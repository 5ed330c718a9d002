using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>Forward reads for the deliveries: recent blocks out of a shared tail that all readers see one copy of, older ones from the store.</summary>
internal sealed class EventLogReader(IEventLog log, SharedTail tail)
{
    public int Partitions => log.Partitions;

    public LogBounds Bounds(int partition) => log.Bounds(partition);

    /// <summary>The block at or after <paramref name="fromSequence"/> if the shared tail holds it; the caller owns one reference.</summary>
    public EventBlock? TryReadTail(int partition, long fromSequence) =>
        tail.TryRead(partition, Math.Max(fromSequence, log.Bounds(partition).Tail));

    /// <summary>The first block that holds a sequence at or after <paramref name="fromSequence"/>, from the tail or the store; null at the end. The caller owns one reference.</summary>
    /// <exception cref="EventLogException">The store cannot be read now; what is damaged is skipped instead.</exception>
    public ValueTask<EventBlock?> ReadAsync(int partition, long fromSequence, CancellationToken cancellation) =>
        TryReadTail(partition, fromSequence) is { } recent ? ValueTask.FromResult<EventBlock?>(recent) : log.ReadAsync(partition, fromSequence, cancellation);

    /// <summary>The sequence of the first event stored at this time or later; the head when there is none.</summary>
    public ValueTask<long> FirstSinceAsync(int partition, DateTimeOffset time, CancellationToken cancellation) =>
        RetentionSearch.FirstYoungerAsync(log, partition, time, cancellation);

    /// <summary>
    /// Calls <paramref name="wake"/> once, as soon as the partition's head is past <paramref name="fromSequence"/>; returns false, and never calls, if it is already.
    /// The check and the registration are one step: no wake-up is lost. <paramref name="wake"/> runs on the writer's thread and must not block.
    /// </summary>
    public bool WaitFor(int partition, long fromSequence, Action wake) => tail.WaitFor(partition, fromSequence, wake);
}
