using System.Threading.Channels;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>An attempt that has just ended.</summary>
internal readonly record struct EndedAttempt(IntegrationId Integration, DeliveryAttempt Attempt);

/// <summary>Attempts as they end, for whoever looks at them now. While nobody does, it costs the read of one field; whoever looks never holds a delivery up.</summary>
internal sealed class DeliveryFeed
{
    public const int MaxListeners = 32;

    private readonly Lock _changing = new();
    private volatile DeliveryListener[] _listeners = [];

    /// <param name="isWanted">Called on the threads that deliver: quick, and never throws.</param>
    /// <returns>null: <see cref="MaxListeners"/> are here already.</returns>
    public DeliveryListener? Listen(Func<EndedAttempt, bool> isWanted)
    {
        lock (_changing)
        {
            if (_listeners.Length >= MaxListeners) return null;
            var listener = new DeliveryListener(isWanted, Remove);
            _listeners = [.. _listeners, listener];
            return listener;
        }
    }

    /// <summary>On any thread.</summary>
    public void Publish(IntegrationId integration, DeliveryAttempt attempt)
    {
        foreach (var listener in _listeners) listener.Offer(new EndedAttempt(integration, attempt));
    }

    private void Remove(DeliveryListener listener)
    {
        lock (_changing) _listeners = [.. _listeners.Where(l => l != listener)];
    }
}

/// <summary>One who looks: a queue of the newest attempts, and how many found no room in it. Ends with <see cref="Dispose"/>.</summary>
internal sealed class DeliveryListener : IDisposable
{
    /// <summary>Attempts kept for a reader that is slow; then the oldest go.</summary>
    public const int Capacity = 1_000;

    private readonly Func<EndedAttempt, bool> _isWanted;
    private readonly Action<DeliveryListener> _ended;
    private readonly Channel<EndedAttempt> _queue;
    private long _dropped;

    public DeliveryListener(Func<EndedAttempt, bool> isWanted, Action<DeliveryListener> ended)
    {
        _isWanted = isWanted;
        _ended = ended;
        _queue = Channel.CreateBounded<EndedAttempt>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _dropped));
    }

    public ChannelReader<EndedAttempt> Attempts => _queue.Reader;

    public void Offer(EndedAttempt attempt)
    {
        if (_isWanted(attempt)) _queue.Writer.TryWrite(attempt);
    }

    /// <summary>How many were dropped since this was asked last; they came before whatever is read next.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _ended(this);
    }
}
