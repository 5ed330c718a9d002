using System.Globalization;

namespace Webhook.Actors.EventLog;

/// <summary>Events that a receiver refused for good, kept with the reason until they are redelivered, purged or past retention. In the log's own store, so that one sync serves both.</summary>
internal interface IDeadLetterStore
{
    /// <summary>Completes when all are durable. One that is there already (same integration and position: a crash came between it and the cursor) is replaced.</summary>
    /// <exception cref="EventLogException">Nothing of it was stored: disk full, I/O error, closed.</exception>
    ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation);

    ValueTask<DeadLetter?> FindAsync(long integration, DeadLetterId id, CancellationToken cancellation);

    /// <summary>One integration's, by position.</summary>
    /// <param name="after">Only those behind it; null begins.</param>
    /// <param name="limit">At most so many; fewer only at the end.</param>
    ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        long integration, DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellation);

    /// <summary>How many match, of one integration.</summary>
    ValueTask<long> CountAsync(long integration, DeadLetterFilter filter, CancellationToken cancellation);

    /// <summary>Completes when they are gone for good.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<int> RemoveAsync(long integration, IReadOnlyList<DeadLetterId> ids, CancellationToken cancellation);

    /// <summary>The integration is gone, or all of its dead letters shall be. Completes when they are.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<long> RemoveAllAsync(long integration, CancellationToken cancellation);

    /// <summary>Drops those that were refused before <paramref name="olderThan"/>, and of each integration the oldest beyond <paramref name="keepAtMost"/>.</summary>
    /// <returns>How many, by integration.</returns>
    ValueTask<IReadOnlyDictionary<long, long>> ExpireAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation);

    /// <summary>How many each integration has.</summary>
    IReadOnlyDictionary<long, long> Counts();
}

/// <summary>The event's position: an integration has at most one dead letter for it.</summary>
internal readonly record struct DeadLetterId(int Partition, long Sequence)
{
    /// <summary>As <see cref="ToString"/> writes it.</summary>
    public static bool TryParse(string text, out DeadLetterId id)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        id = default;
        if (dash < 0
            || !ushort.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return false;
        id = new DeadLetterId(partition, sequence);
        return true;
    }

    public override string ToString() => FormattableString.Invariant($"{Partition}-{Sequence}");
}

/// <param name="Event">The event exactly as it was accepted, before any rewriting of its timestamp.</param>
/// <param name="AcceptedAtNanoseconds">When it was stored, since the Unix epoch: its timestamp if it has none of its own.</param>
/// <param name="Reason">For people: what the receiver said of this event, or else of the request.</param>
/// <param name="Answer">The beginning of the receiver's answer, secrets taken out.</param>
/// <param name="RefusedAt">When.</param>
internal sealed record DeadLetter(
    long Integration, DeadLetterId Id, string Channel, ReadOnlyMemory<byte> Event, long AcceptedAtNanoseconds, string Reason, int? StatusCode, string? Answer,
    DateTimeOffset RefusedAt);

/// <summary>What to look for; null: whatever it is.</summary>
/// <param name="RefusedFrom">At this time or later.</param>
/// <param name="RefusedUntil">Before this time.</param>
/// <param name="Text">In the reason or the answer, upper and lower case alike.</param>
internal sealed record DeadLetterFilter(
    string? Channel = null, int? StatusCode = null, DateTimeOffset? RefusedFrom = null, DateTimeOffset? RefusedUntil = null, string? Text = null);
