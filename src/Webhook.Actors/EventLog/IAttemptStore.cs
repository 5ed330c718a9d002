namespace Webhook.Actors.EventLog;

/// <summary>The delivery log's store: of each integration the newest attempts, as opaque records. Survives a restart; a power cut may take the last second.</summary>
internal interface IAttemptStore
{
    /// <summary>Keeps the records behind those there are, and of all of them the newest <paramref name="keepAtMost"/>.</summary>
    ValueTask AppendAsync(long integration, IReadOnlyList<ReadOnlyMemory<byte>> records, int keepAtMost, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ListAsync(long integration, int limit, CancellationToken cancellation);

    /// <summary>Drops what was stored before <paramref name="olderThan"/>, of every integration.</summary>
    ValueTask ExpireAsync(DateTimeOffset olderThan, CancellationToken cancellation);

    /// <summary>The integration is gone.</summary>
    ValueTask RemoveAsync(long integration, CancellationToken cancellation);
}
