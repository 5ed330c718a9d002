using Akka.Event;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>
/// One run's books: which stretches of the log behind the cursor have been cut into batches, and which of those are done with. The cursor is the low-water mark:
/// stretches are finished in any order, it moves only over those without a gap before them.
/// </summary>
/// <remarks>
/// Under one lock, in which the store is also told: so that a later state is never overwritten by an earlier one. Closed at the end of the run: what a delivery
/// that was given up says after that is not heard, and the next run sends its batch as it was cut.
/// </remarks>
internal sealed class LaneLedger : IDeliveryLedger
{
    private readonly LaneId _lane;
    private readonly CursorKey _key;
    private readonly ICursorStore _store;
    private readonly RefusedEvents _refused;
    private readonly DeliveryLog _attempts;
    private readonly Action _moved;
    private readonly ILoggingAdapter _log;
    private readonly Lock _lock = new();
    private readonly List<Cut> _cuts;
    private long _cursor;
    private bool _isSaveDue;
    private bool _isClosed;

    /// <param name="replay">Number of the replay; 0: the live delivery.</param>
    /// <param name="start">Where the run begins.</param>
    /// <param name="moved">Called on any thread when there is something to save, once until it is saved.</param>
    public LaneLedger(
        LaneId lane, long replay, Cursor start, ICursorStore store, RefusedEvents refused, DeliveryLog attempts, Action moved, ILoggingAdapter log)
    {
        _lane = lane;
        _key = new CursorKey(lane.Integration.Value, lane.Partition, replay);
        _store = store;
        _refused = refused;
        _attempts = attempts;
        _moved = moved;
        _log = log;
        _cursor = start.Sequence;
        _cuts = [.. start.Cuts];
    }

    /// <summary>Everything before this sequence is done.</summary>
    public long Cursor
    {
        get
        {
            lock (_lock) return _cursor;
        }
    }

    public ValueTask OpenAsync(Batch batch)
    {
        ValueTask saved;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var end = _cuts is [.., var last] ? last.To : _cursor;
            if (batch.Covers.From < end) return ValueTask.CompletedTask;
            _cuts.Add(CutOf(batch));
            if (batch.Events == 0) return ValueTask.CompletedTask;
            saved = _store.SaveDurablyAsync(_key, Snapshot(), CancellationToken.None);
        }

        return SavedAsync(saved);
    }

    public ValueTask DivideAsync(Batch whole, IReadOnlyList<Piece> parts)
    {
        ValueTask saved;
        lock (_lock)
        {
            if (_isClosed) throw new OperationCanceledException("The run is over.");
            var at = IndexOf(whole.Covers);
            _cuts.RemoveAt(at);
            _cuts.InsertRange(at, parts.Select(static part => CutOf(part.Batch)));
            saved = _store.SaveDurablyAsync(_key, Snapshot(), CancellationToken.None);
        }

        return SavedAsync(saved);
    }

    public ValueTask<bool> RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result) => _refused.KeepAsync(batch, refused, result);

    public void Record(Batch batch, int attempt, AttemptResult result) => _attempts.Add(_lane.Integration, DeliveryAttempt.Of(batch, attempt, result));

    public void Finish(Batch batch)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            var at = IndexOf(batch.Covers);
            _cuts[at] = _cuts[at] with { IsFinished = true };
            var done = _cuts.TakeWhile(static cut => cut.IsFinished).Count();
            if (done > 0)
            {
                _cursor = _cuts[done - 1].To;
                _cuts.RemoveRange(0, done);
            }

            if (_isSaveDue) return;
            _isSaveDue = true;
        }

        _moved();
    }

    /// <summary>Cheap; durable with the next append.</summary>
    public ValueTask SaveAsync(CancellationToken cancellation)
    {
        lock (_lock) return _isClosed ? ValueTask.CompletedTask : Save(cancellation);
    }

    /// <summary>Saves for the last time.</summary>
    public ValueTask CloseAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _isClosed = true;
            return Save(cancellation);
        }
    }

    private static Cut CutOf(Batch batch) => new(batch.Covers.To, batch.FirstSequence, batch.LastSequence, [.. batch.Channels], IsFinished: false);

    private ValueTask Save(CancellationToken cancellation)
    {
        _isSaveDue = false;
        return _store.SaveAsync(_key, Snapshot(), cancellation);
    }

    private Cursor Snapshot() => new(_cursor, [.. _cuts]);

    // A cut begins where the one before it ends.
    private int IndexOf(SequenceRange range)
    {
        var at = _cuts.FindIndex(cut => cut.To == range.To);
        var from = at > 0 ? _cuts[at - 1].To : _cursor;
        return at >= 0 && from == range.From
            ? at
            : throw new InvalidOperationException($"Lane {_lane} has no batch from {range.From} to {range.To}.");
    }

    private async ValueTask SavedAsync(ValueTask saved)
    {
        try
        {
            await saved.ConfigureAwait(false);
        }
        catch (EventLogException e)
        {
            // A disk that is full stops what comes in, not what goes out. Only a crash before the next save would cut these events anew.
            _log.Warning(e, "Lane {Lane}: what it sends could not be noted first", _lane);
        }
    }
}
