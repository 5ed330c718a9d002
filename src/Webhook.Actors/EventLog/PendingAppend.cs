using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>One request that waits for its commit. Pooled: it goes back when its answer has been read.</summary>
internal sealed class PendingAppend : IValueTaskSource<AppendResult>
{
    // What a burst may leave behind; more is left to the garbage collector.
    private const int MostPooled = 1024;

    // Waiters and their events cost memory beyond their bytes; many tiny requests must meet the bound, too.
    private const int Overhead = 512;

    private static readonly ConcurrentQueue<PendingAppend> Pool = new();

    private ManualResetValueTaskSourceCore<AppendResult> _source = new() { RunContinuationsAsynchronously = true };
    private IncomingEvents? _events;

    private PendingAppend()
    {
    }

    public IncomingEvents Events => _events ?? throw new InvalidOperationException("The request has been answered; its events are gone.");

    public IdempotencyKey? Key { get; private set; }

    public UInt128 BodyHash { get; private set; }

    /// <summary>Where the input that the events come from has been read up to; null for requests.</summary>
    public InputMark? Mark { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>What it adds to a block, and to what waits.</summary>
    public long Bytes { get; private set; }

    public static PendingAppend Rent(IncomingEvents events, IdempotencyKey? key, UInt128 bodyHash, InputMark? mark, CancellationToken cancellation)
    {
        if (!Pool.TryDequeue(out var pending)) pending = new PendingAppend();
        pending._events = events;
        pending.Key = key;
        pending.BodyHash = bodyHash;
        pending.Mark = mark;
        pending.Cancellation = cancellation;
        pending.Bytes = WaitingBytes(events);
        return pending;
    }

    public static long WaitingBytes(IncomingEvents events) => events.Bytes + ((long)events.Count * EventEntry.Size) + Overhead;

    public ValueTask<AppendResult> AsValueTask() => new(this, _source.Version);

    /// <summary>Gives the events back, then answers. The caller must not touch the request afterwards.</summary>
    public void Complete(AppendResult result)
    {
        GiveBack();
        _source.SetResult(result);
    }

    public void Fail(Exception reason)
    {
        GiveBack();
        _source.SetException(reason);
    }

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _source.Reset();
            if (Pool.Count < MostPooled) Pool.Enqueue(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<AppendResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<AppendResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void GiveBack()
    {
        Events.Dispose();
        _events = null;
        Mark = null;
        Cancellation = default;
    }
}
