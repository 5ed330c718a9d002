using System.Collections.Concurrent;

namespace Webhook.Load.Generating;

/// <summary>What became of the requests of a phase; grows while the phase runs.</summary>
internal sealed class SendCounts
{
    private readonly ConcurrentDictionary<string, long> _failures = new();
    private long _sent;
    private long _acknowledged;
    private long _requests;
    private long _unsent;

    /// <summary>Events.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Events answered with 2xx.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Requests answered with 2xx.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Events that were due and not sent by the end of the phase, as every connection waited for an answer.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>Requests without 2xx, by status or by what went wrong with the connection.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    public void AddSent(int events) => Interlocked.Add(ref _sent, events);

    public void AddUnsent(int events) => Interlocked.Add(ref _unsent, events);

    public void AddAcknowledged(int events)
    {
        Interlocked.Add(ref _acknowledged, events);
        Interlocked.Increment(ref _requests);
    }

    public void AddFailure(string reason) => _failures.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
