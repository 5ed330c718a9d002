using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>The low-water mark of a lane: ranges are finished in any order, the cursor moves only over those without a gap before them.</summary>
/// <remarks>Ranges of one run follow each other without holes: each begins where another ends, the first at the cursor.</remarks>
internal sealed class CursorTracker(long cursor)
{
    private readonly Dictionary<long, long> _finishedAhead = [];

    /// <summary>Everything before this sequence is done.</summary>
    public long Cursor { get; private set; } = cursor;

    /// <returns>true: the cursor moved.</returns>
    public bool Finish(SequenceRange range)
    {
        if (range.From != Cursor)
        {
            _finishedAhead.Add(range.From, range.To);
            return false;
        }

        Cursor = range.To;
        while (_finishedAhead.Remove(Cursor, out var to)) Cursor = to;
        return true;
    }
}
