using Webhook.Load.Events;

namespace Webhook.Load.Receiving;

/// <summary>What one integration has delivered: which events, how often, in which order.</summary>
internal sealed class IntegrationTally
{
    private readonly Lock _gate = new();
    private readonly EventBitmap _seen = new();
    private long[] _highest = [];
    private TallyCounts _counts;

    public TallyCounts Counts
    {
        get
        {
            lock (_gate) return _counts;
        }
    }

    /// <summary>
    /// Out of order is what comes after a later event of the same sender: a sender sends a request when the one before it is acknowledged, so its own events have an order;
    /// those of different senders have none.
    /// </summary>
    public void Add(ReadOnlySpan<SeenEvent> events)
    {
        lock (_gate)
        {
            foreach (var (number, sender) in events)
            {
                _counts.Events++;
                if (!_seen.TrySet(number))
                {
                    _counts.Duplicates++;
                    continue;
                }

                if (sender >= _highest.Length) Array.Resize(ref _highest, sender + 1);
                if (number < _highest[sender]) _counts.Reordered++;
                else _highest[sender] = number;
            }
        }
    }

    public byte[] Seen()
    {
        lock (_gate) return _seen.Bytes.ToArray();
    }
}

internal record struct TallyCounts(long Events, long Duplicates, long Reordered)
{
    public readonly long Distinct => Events - Duplicates;

    public static TallyCounts operator +(TallyCounts left, TallyCounts right) =>
        new(left.Events + right.Events, left.Duplicates + right.Duplicates, left.Reordered + right.Reordered);
}
