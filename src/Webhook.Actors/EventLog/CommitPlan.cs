using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>
/// Which waiting requests one commit takes, and what each will be answered once it is durable. No clock, no store, no I/O. Reused from commit to commit.
/// </summary>
internal sealed class CommitPlan(long maxBytes)
{
    private readonly List<(PendingAppend Request, int FirstEvent)> _stored = [];
    private readonly List<(PendingAppend Request, int OriginalIndex)> _repeated = [];
    private readonly Dictionary<IdempotencyKey, int> _keys = [];
    private readonly List<IncomingEvents> _events = [];
    private readonly List<InputMark> _marks = [];

    public int Events { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => _stored.Count == 0;

    /// <summary>The events in the order of the block.</summary>
    public ReadOnlySpan<IncomingEvents> Requests => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_events);

    /// <summary>Of the inputs that requests came from, in the order of the block.</summary>
    public IReadOnlyList<InputMark> Marks => _marks;

    /// <summary>The first request always fits: a single one may be larger than a commit should be.</summary>
    public bool Fits(PendingAppend request) =>
        IsEmpty || (Events + request.Events.Count <= EventBlock.MaxEvents && Bytes + request.Bytes <= maxBytes);

    /// <summary>Takes the request in.</summary>
    /// <param name="earlier">What the store knows of its key.</param>
    /// <returns>null, or the answer that it gets at once instead.</returns>
    public AppendResult? Add(PendingAppend request, IdempotencyRecord? earlier)
    {
        if (earlier is not null)
        {
            return earlier.BodyHash == request.BodyHash
                ? new AppendResult.Repeated(0, earlier.Accepted, earlier.FirstSequence, earlier.LastSequence)
                : new AppendResult.KeyConflict();
        }

        if (request.Key is { } key && !_keys.TryAdd(key, _stored.Count))
        {
            var original = _keys[key];
            if (_stored[original].Request.BodyHash != request.BodyHash) return new AppendResult.KeyConflict();
            _repeated.Add((request, original));
            return null;
        }

        _stored.Add((request, Events));
        _events.Add(request.Events);
        if (request.Mark is { } mark) _marks.Add(mark);
        Events += request.Events.Count;
        Bytes += request.Bytes;
        return null;
    }

    /// <summary>What the store must remember together with the block.</summary>
    public IReadOnlyList<IdempotencyRecord> Idempotency(long block, DateTimeOffset at)
    {
        if (_keys.Count == 0) return [];
        var records = new List<IdempotencyRecord>(_keys.Count);
        foreach (var (key, index) in _keys)
        {
            var (request, first) = _stored[index];
            records.Add(new IdempotencyRecord(
                key, request.BodyHash, request.Events.Count, EventBlock.ToSequence(block, first), EventBlock.ToSequence(block, first + request.Events.Count - 1), at));
        }

        return records;
    }

    /// <summary>The block is durable: answers everyone.</summary>
    public void Complete(int partition, long block)
    {
        foreach (var (request, original) in _repeated)
        {
            var (first, firstEvent) = _stored[original];
            request.Complete(new AppendResult.Repeated(
                partition, first.Events.Count, EventBlock.ToSequence(block, firstEvent), EventBlock.ToSequence(block, firstEvent + first.Events.Count - 1)));
        }

        foreach (var (request, firstEvent) in _stored)
        {
            var count = request.Events.Count;
            request.Complete(new AppendResult.Appended(partition, count, EventBlock.ToSequence(block, firstEvent), EventBlock.ToSequence(block, firstEvent + count - 1)));
        }

        Clear();
    }

    /// <summary>Nothing was stored: answers everyone the same.</summary>
    public void Refuse(AppendResult result)
    {
        foreach (var (request, _) in _repeated) request.Complete(result);
        foreach (var (request, _) in _stored) request.Complete(result);
        Clear();
    }

    public void Fail(Exception reason)
    {
        foreach (var (request, _) in _repeated) request.Fail(reason);
        foreach (var (request, _) in _stored) request.Fail(reason);
        Clear();
    }

    private void Clear()
    {
        _stored.Clear();
        _repeated.Clear();
        _keys.Clear();
        _events.Clear();
        _marks.Clear();
        Events = 0;
        Bytes = 0;
    }
}
