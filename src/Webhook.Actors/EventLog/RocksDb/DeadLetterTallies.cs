namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>How many dead letters each integration has, and since when at the longest; any number of threads.</summary>
internal sealed class DeadLetterTallies
{
    private readonly Dictionary<long, Tally> _all = [];
    private readonly Lock _lock = new();

    public Dictionary<long, long> Counts()
    {
        lock (_lock) return _all.ToDictionary(static t => t.Key, static t => t.Value.Count);
    }

    public long Count(long integration)
    {
        lock (_lock) return _all.GetValueOrDefault(integration).Count;
    }

    public void Replace(IReadOnlyDictionary<long, Tally> tallies)
    {
        lock (_lock)
        {
            _all.Clear();
            foreach (var (integration, tally) in tallies) _all.Add(integration, tally);
        }
    }

    public void Add(long integration, Tally more)
    {
        lock (_lock) _all[integration] = Sum(_all, integration, more);
    }

    public void Remove(long integration, long count)
    {
        lock (_lock)
        {
            if (!_all.TryGetValue(integration, out var tally)) return;
            if (tally.Count > count) _all[integration] = tally with { Count = tally.Count - count };
            else _all.Remove(integration);
        }
    }

    /// <summary>
    /// The integrations that have too many or too old ones. Each of them counts as having no old one until <see cref="Kept"/> says what was found, so that one added meanwhile is not overlooked.
    /// </summary>
    public List<long> TakeExpiring(long olderThan, int keepAtMost)
    {
        lock (_lock)
        {
            var expiring = _all.Where(t => t.Value.Oldest < olderThan || t.Value.Count > keepAtMost).Select(static t => t.Key).ToList();
            foreach (var integration in expiring) _all[integration] = _all[integration] with { Oldest = long.MaxValue };
            return expiring;
        }
    }

    /// <param name="oldest">When the oldest of those that stay was refused.</param>
    public void Kept(long integration, long oldest)
    {
        lock (_lock)
            if (_all.TryGetValue(integration, out var tally)) _all[integration] = tally with { Oldest = Math.Min(tally.Oldest, oldest) };
    }

    public static Tally Sum(Dictionary<long, Tally> all, long integration, Tally more) => all.TryGetValue(integration, out var tally)
        ? new Tally(tally.Count + more.Count, Math.Min(tally.Oldest, more.Oldest))
        : more;

    /// <param name="Oldest">As <see cref="DateTimeOffset.UtcTicks"/>; never later than the oldest one's.</param>
    internal readonly record struct Tally(long Count, long Oldest);
}
