using Microsoft.Extensions.Logging;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog;

/// <summary>The newest blocks of each partition, one copy for all readers, and who waits for the next one.</summary>
/// <remarks>The tail owns one reference to each block it holds. Waiters run outside the lock, on the publisher's thread.</remarks>
internal sealed class SharedTail
{
    private readonly PartitionTail[] _partitions;

    public SharedTail(IEventLog log, long maxBytesPerPartition, ILogger<SharedTail> logger)
    {
        _partitions = new PartitionTail[log.Partitions];
        for (var i = 0; i < _partitions.Length; i++) _partitions[i] = new PartitionTail(log.Bounds(i).Head, maxBytesPerPartition, logger);
    }

    /// <summary>Takes over the caller's reference to a block that is durable, and wakes those who wait for it.</summary>
    public void Publish(int partition, EventBlock block) => _partitions[partition].Publish(block);

    /// <summary>The first block at or after the sequence, if it is here; the caller owns one reference.</summary>
    public EventBlock? TryRead(int partition, long fromSequence) => _partitions[partition].TryRead(fromSequence);

    /// <inheritdoc cref="EventLogReader.WaitFor"/>
    public bool WaitFor(int partition, long fromSequence, Action wake) => _partitions[partition].WaitFor(fromSequence, wake);

    private sealed class PartitionTail(long head, long maxBytes, ILogger logger)
    {
        private readonly Lock _lock = new();
        private readonly Queue<EventBlock> _evicted = new();
        private EventBlock[] _ring = new EventBlock[64];
        private int _start;
        private int _count;
        private long _bytes;
        private long _head = head;
        private List<Waiter> _waiters = [];

        public void Publish(EventBlock block)
        {
            List<Waiter> woken = [];
            lock (_lock)
            {
                // A hole between two blocks would break the arithmetic of TryRead; it comes only after the log was opened anew.
                if (_count > 0 && At(_count - 1).BlockSequence + 1 != block.BlockSequence)
                    while (_count > 0) Evict();
                if (_count == _ring.Length) Grow();
                _ring[(_start + _count) % _ring.Length] = block;
                _count++;
                _bytes += block.Capacity;
                while (_count > 0 && _bytes > maxBytes) Evict();
                _head = EventBlock.ToSequence(block.BlockSequence + 1, 0);
                if (_waiters.Count > 0)
                {
                    woken = _waiters;
                    _waiters = [];
                    foreach (var waiter in woken)
                        if (waiter.FromSequence >= _head) _waiters.Add(waiter);
                }
            }

            // Only the one publisher of the partition touches the evicted.
            while (_evicted.TryDequeue(out var evicted)) evicted.Release();
            foreach (var waiter in woken)
                if (waiter.FromSequence < EventBlock.ToSequence(block.BlockSequence + 1, 0)) Wake(waiter);
        }

        public EventBlock? TryRead(long fromSequence)
        {
            lock (_lock)
            {
                if (_count == 0 || fromSequence >= _head) return null;
                var index = EventBlock.BlockOf(fromSequence) - At(0).BlockSequence;
                if (index < 0) return null;
                if (At((int)index).LastSequence < fromSequence) index++;
                return index < _count ? At((int)index).Acquire() : null;
            }
        }

        public bool WaitFor(long fromSequence, Action wake)
        {
            lock (_lock)
            {
                if (_head > fromSequence) return false;
                _waiters.Add(new Waiter(fromSequence, wake));
                return true;
            }
        }

        private void Wake(Waiter waiter)
        {
            try
            {
                waiter.Wake();
            }
            catch (Exception e)
            {
                // One reader's fault must not cost the others their wake-up.
                logger.LogError(e, "A reader that waited for sequence {Sequence} failed when it was woken", waiter.FromSequence);
            }
        }

        private EventBlock At(int index) => _ring[(_start + index) % _ring.Length];

        private void Evict()
        {
            var block = At(0);
            _ring[_start] = null!;
            _start = (_start + 1) % _ring.Length;
            _count--;
            _bytes -= block.Capacity;
            _evicted.Enqueue(block);
        }

        private void Grow()
        {
            var larger = new EventBlock[_ring.Length * 2];
            for (var i = 0; i < _count; i++) larger[i] = At(i);
            _ring = larger;
            _start = 0;
        }

        private readonly record struct Waiter(long FromSequence, Action Wake);
    }
}
