using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>
/// The durable, append-only store of event blocks: the seam between the engine and a database. Group commit, backpressure and the shared recent end
/// stand before it (<see cref="EventLogWriter"/>, <see cref="EventLogReader"/>), so an implementation only stores, finds and drops whole blocks.
/// </summary>
/// <remarks>One writer per partition; any number of readers. Expected trouble (damage, a full disk) is in the answers and in <see cref="Faults"/>.</remarks>
internal interface IEventLog : IAsyncDisposable
{
    int Partitions { get; }

    /// <summary>What was found damaged or lost since the log was opened; empty when all is well. Feeds the degraded state in health.</summary>
    IReadOnlyCollection<LogFault> Faults { get; }

    /// <summary>The disk is filling up: what is kept only for replays had better go before events are refused.</summary>
    bool IsShortOfSpace { get; }

    /// <summary>Where the partition begins and where it goes on.</summary>
    LogBounds Bounds(int partition);

    /// <summary>Stores the block with the idempotency records and the marks of the inputs that its events come from, in one atomic step; completes when all of it is durable.</summary>
    /// <param name="marks">Of several for one input the last counts.</param>
    /// <exception cref="EventLogException">Nothing of it was stored: disk full, I/O error, closed.</exception>
    ValueTask AppendAsync(
        int partition, EventBlock block, IReadOnlyList<IdempotencyRecord> idempotency, IReadOnlyList<InputMark> marks, CancellationToken cancellation);

    /// <summary>The first readable block that holds a sequence at or after <paramref name="fromSequence"/>, or null at the end. The caller owns one reference.</summary>
    /// <remarks>Damaged or missing blocks in between are skipped, counted and put into <see cref="Faults"/>, once each.</remarks>
    ValueTask<EventBlock?> ReadAsync(int partition, long fromSequence, CancellationToken cancellation);

    /// <summary>Drops blocks that end before <paramref name="beforeSequence"/>, after everything saved in the cursor store so far is durable.</summary>
    ValueTask TrimAsync(int partition, long beforeSequence, CancellationToken cancellation);

    ValueTask<IdempotencyRecord?> FindAsync(IdempotencyKey key, CancellationToken cancellation);

    /// <summary>The input's last mark; null when it never had one.</summary>
    ValueTask<InputMark?> FindMarkAsync(string input, CancellationToken cancellation);

    /// <summary>A mark without events, for what was read and not stored. Survives the process at once, a power cut from the next append on.</summary>
    /// <exception cref="EventLogException">It was not stored.</exception>
    ValueTask SaveMarkAsync(InputMark mark, CancellationToken cancellation);

    ValueTask<IReadOnlyList<InputMark>> ListMarksAsync(CancellationToken cancellation);

    /// <summary>Drops idempotency records older than <paramref name="olderThan"/>, and the oldest beyond <paramref name="keepAtMost"/>.</summary>
    ValueTask ExpireIdempotencyAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation);
}

/// <summary>One partition's extent.</summary>
/// <param name="Tail">Sequence of the first event still kept; equal to <paramref name="Head"/> when it is empty.</param>
/// <param name="Head">Sequence that the next appended event gets.</param>
/// <param name="Events">Events kept (from the counters in the blocks, exact after a restart).</param>
/// <param name="Bytes">Block bytes kept (likewise).</param>
/// <param name="OldestAppendedAt">When the first kept block was appended; null when empty.</param>
internal readonly record struct LogBounds(long Tail, long Head, long Events, long Bytes, DateTimeOffset? OldestAppendedAt)
{
    /// <summary>Events ever appended: what the next block carries as <see cref="EventBlock.EventsBefore"/>.</summary>
    public long EventsEver { get; init; }

    /// <summary>Block bytes ever appended: what the next block carries as <see cref="EventBlock.BytesBefore"/>.</summary>
    public long BytesEver { get; init; }
}

/// <summary>Something found damaged: where, how many events it took (null when it cannot be told), why, and when it was noticed.</summary>
internal sealed record LogFault(int Partition, long FirstBlock, long LastBlock, long? EventsLost, string Reason, DateTimeOffset NoticedAt);

/// <summary>The log could not do what was asked; the message says what, why and the way out.</summary>
internal sealed class EventLogException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Who asked (a hash of the producer's key and the <c>Idempotency-Key</c> header).</summary>
internal readonly record struct IdempotencyKey(UInt128 Hash);

/// <summary>What a repeated request is answered with. The body's hash tells a repetition from a key used twice.</summary>
internal sealed record IdempotencyRecord(IdempotencyKey Key, UInt128 BodyHash, int Accepted, long FirstSequence, long LastSequence, DateTimeOffset At);

/// <summary>Where each integration is in each partition.</summary>
internal interface ICursorStore
{
    ValueTask<Cursor?> LoadAsync(CursorKey key, CancellationToken cancellation);

    /// <summary>Cheap; durable with the next append or trim. What a power cut takes back is repeated, never lost.</summary>
    ValueTask SaveAsync(CursorKey key, Cursor cursor, CancellationToken cancellation);

    /// <summary>As <see cref="SaveAsync"/>, and durable when it completes; those that wait share one sync, with an append if there is one.</summary>
    ValueTask SaveDurablyAsync(CursorKey key, Cursor cursor, CancellationToken cancellation);

    ValueTask DeleteAsync(CursorKey key, CancellationToken cancellation);

    /// <summary>The sequences alone.</summary>
    ValueTask<IReadOnlyDictionary<CursorKey, long>> ListAsync(CancellationToken cancellation);
}

/// <param name="Replay">0: what the integration has still to get. Else the number of a replay, of what it gets once more.</param>
internal readonly record struct CursorKey(long Integration, int Partition, long Replay = 0);
