using System.Collections.Concurrent;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>A real log that a test can hold up, make fail, and ask in which order things happened.</summary>
internal sealed class WatchedLog(IEventLog log) : IEventLog
{
    private TaskCompletionSource? _gate;

    /// <summary>What happened, in order.</summary>
    public ConcurrentQueue<string> Journal { get; } = new();

    public Exception? FailAppendsWith { get; set; }

    public Exception? FailNextTrimWith { get; set; }

    public int Partitions => log.Partitions;

    public bool IsShortOfSpace => log.IsShortOfSpace;

    public IReadOnlyCollection<LogFault> Faults => log.Faults;

    /// <summary>Appends wait until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        var gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    public LogBounds Bounds(int partition) => log.Bounds(partition);

    public async ValueTask AppendAsync(
        int partition, EventBlock block, IReadOnlyList<IdempotencyRecord> idempotency, IReadOnlyList<InputMark> marks, CancellationToken cancellation)
    {
        Journal.Enqueue($"append {block.BlockSequence}: {block.Count}");
        if (_gate is { } gate) await gate.Task;
        if (FailAppendsWith is { } failure) throw failure;
        await log.AppendAsync(partition, block, idempotency, marks, cancellation);
        Journal.Enqueue($"durable {block.BlockSequence}");
    }

    public ValueTask<EventBlock?> ReadAsync(int partition, long fromSequence, CancellationToken cancellation)
    {
        Journal.Enqueue($"read {fromSequence}");
        return log.ReadAsync(partition, fromSequence, cancellation);
    }

    public ValueTask TrimAsync(int partition, long beforeSequence, CancellationToken cancellation)
    {
        var failure = FailNextTrimWith;
        FailNextTrimWith = null;
        return failure is null ? log.TrimAsync(partition, beforeSequence, cancellation) : ValueTask.FromException(failure);
    }

    public ValueTask<IdempotencyRecord?> FindAsync(IdempotencyKey key, CancellationToken cancellation) => log.FindAsync(key, cancellation);

    public ValueTask<InputMark?> FindMarkAsync(string input, CancellationToken cancellation) => log.FindMarkAsync(input, cancellation);

    public ValueTask SaveMarkAsync(InputMark mark, CancellationToken cancellation) => log.SaveMarkAsync(mark, cancellation);

    public ValueTask<IReadOnlyList<InputMark>> ListMarksAsync(CancellationToken cancellation) => log.ListMarksAsync(cancellation);

    public ValueTask ExpireIdempotencyAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation) =>
        log.ExpireIdempotencyAsync(olderThan, keepAtMost, cancellation);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
