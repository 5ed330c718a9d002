using System.Globalization;

namespace Webhook.Server.Receiving;

/// <summary>
/// Tells a batch that was taken before: the README's rule for having each event exactly once. Senders without its headers are told by <c>webhook-id</c>.
/// Kept in memory, as long as the receiver runs.
/// </summary>
internal sealed class TakenBatches
{
    // Of senders without positions; a repeat comes soon after its first.
    private const int MaxIds = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Path, string Partition), SortedList<long, long>> _ranges = [];
    private readonly HashSet<(string Path, string Id)> _ids = [];
    private readonly Queue<(string Path, string Id)> _oldest = [];

    /// <summary>Notes the batch as taken.</summary>
    /// <returns>null, or why it was taken before.</returns>
    public string? Take(string path, IHeaderDictionary headers)
    {
        // Whoever sends it again on request wants it taken again.
        if (headers.ContainsKey("X-Webhook-Replay")) return null;
        lock (_lock)
        {
            if (TryRead(headers["X-Webhook-First-Sequence"], out var first) && TryRead(headers["X-Webhook-Last-Sequence"], out var last) && first <= last)
                return TakeRange((path, headers["X-Webhook-Partition"].ToString()), first, last);
            var id = headers["webhook-id"].ToString();
            return id.Length == 0 || TakeId((path, id)) ? null : $"its webhook-id {id} was taken before";
        }
    }

    private string? TakeRange((string Path, string Partition) partition, long first, long last)
    {
        if (!_ranges.TryGetValue(partition, out var ranges)) _ranges[partition] = ranges = [];
        var at = LastAtOrBefore(ranges, first);
        if (at >= 0 && last <= ranges.GetValueAtIndex(at))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"events {first} to {last} of partition {partition.Partition} were taken before, as a part of {ranges.GetKeyAtIndex(at)} to {ranges.GetValueAtIndex(at)}");
        }

        if (!ranges.TryAdd(first, last)) ranges[first] = last;
        Join(ranges, LastAtOrBefore(ranges, first));
        return null;
    }

    /// <summary>Joins the range at this index with those that it touches, so that the list stays short.</summary>
    private static void Join(SortedList<long, long> ranges, int at)
    {
        if (at > 0 && ranges.GetValueAtIndex(at - 1) >= ranges.GetKeyAtIndex(at) - 1) at--;
        while (at + 1 < ranges.Count && ranges.GetKeyAtIndex(at + 1) - 1 <= ranges.GetValueAtIndex(at))
        {
            ranges.SetValueAtIndex(at, Math.Max(ranges.GetValueAtIndex(at), ranges.GetValueAtIndex(at + 1)));
            ranges.RemoveAt(at + 1);
        }
    }

    private bool TakeId((string Path, string Id) id)
    {
        if (!_ids.Add(id)) return false;
        _oldest.Enqueue(id);
        if (_oldest.Count > MaxIds) _ids.Remove(_oldest.Dequeue());
        return true;
    }

    private static int LastAtOrBefore(SortedList<long, long> ranges, long first)
    {
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges.GetKeyAtIndex(middle) <= first) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private static bool TryRead(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
