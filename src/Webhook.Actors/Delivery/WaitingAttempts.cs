using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>Attempts that are not stored yet, of each integration the newest. On any thread.</summary>
internal sealed class WaitingAttempts(int maxPerIntegration)
{
    private readonly Dictionary<IntegrationId, Queue<Waiting>> _all = [];
    private readonly Lock _lock = new();
    private long _added;

    public void Add(IntegrationId integration, DeliveryAttempt attempt)
    {
        lock (_lock)
        {
            if (!_all.TryGetValue(integration, out var queue)) _all[integration] = queue = new Queue<Waiting>();
            queue.Enqueue(new Waiting(_added++, attempt));
            if (queue.Count > maxPerIntegration) queue.Dequeue();
        }
    }

    public List<DeliveryAttempt> NewestFirst(IntegrationId integration)
    {
        lock (_lock) return _all.TryGetValue(integration, out var queue) ? [.. queue.Select(static w => w.Attempt).Reverse()] : [];
    }

    /// <summary>Oldest first; none of them empty.</summary>
    public List<(IntegrationId Integration, Waiting[] Attempts)> All()
    {
        lock (_lock) return [.. _all.Select(static w => (w.Key, w.Value.ToArray()))];
    }

    /// <summary>Those up to this number are stored.</summary>
    public void Stored(IntegrationId integration, long last)
    {
        lock (_lock)
        {
            if (!_all.TryGetValue(integration, out var queue)) return;
            while (queue.TryPeek(out var first) && first.Number <= last) queue.Dequeue();
            if (queue.Count == 0) _all.Remove(integration);
        }
    }

    public void Remove(IntegrationId integration)
    {
        lock (_lock) _all.Remove(integration);
    }

    internal readonly record struct Waiting(long Number, DeliveryAttempt Attempt);
}
