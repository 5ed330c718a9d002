using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>
/// How many requests a lane has in flight at most: one with <c>ordered</c>, <c>maxConcurrency</c> where it is set, else what <see cref="AdaptiveLimit"/> finds
/// between 1 and 64.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one gate, which calls it under its lock. <see cref="Maximum"/>, <see cref="Candidates"/> and <see cref="IsAdaptive"/> never change.</remarks>
internal sealed class SendWindow
{
    /// <summary>The largest <c>maxConcurrency</c>, and the bound of an adaptive window.</summary>
    public const int Largest = 64;

    // Enough that a batch or two which always break the receiver do not keep it inhibited for the others.
    private const int MostCandidates = 4;

    private readonly TimeProvider _time;
    private readonly long _start;
    private AdaptiveLimit? _limit;

    private SendWindow(int maximum, int candidates, AdaptiveLimit? limit, TimeProvider time)
    {
        Maximum = maximum;
        Candidates = candidates;
        _limit = limit;
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>Requests that may be in flight now, 1 to <see cref="Maximum"/>.</summary>
    public int Size => _limit?.Size ?? Maximum;

    /// <summary>What connections are pooled for.</summary>
    public int Maximum { get; }

    /// <summary>Batches that wait for the probe of an inhibited integration, which they are in turn: one where the order counts.</summary>
    public int Candidates { get; }

    public bool IsAdaptive => _limit is not null;

    public static SendWindow For(DeliverySettings delivery, TimeProvider time) => delivery switch
    {
        { Ordered: true } => new SendWindow(1, 1, null, time),
        { MaxConcurrency: { } fixedSize } => new SendWindow(fixedSize, MostCandidates, null, time),
        _ => new SendWindow(Largest, MostCandidates, AdaptiveLimit.Start(Largest), time),
    };

    public bool HasRoom(int inFlight) => inFlight < Size;

    /// <summary>One attempt ended just now.</summary>
    /// <param name="latency">From the attempt's start to its end, without pauses before it.</param>
    /// <param name="inFlight">How many were in flight when it started, itself among them.</param>
    public void Observe(AttemptOutcome outcome, TimeSpan latency, int inFlight) =>
        _limit = _limit?.Observe(outcome, latency, inFlight, _time.GetElapsedTime(_start));

    /// <summary>After an outage (inhibition, pause): an adaptive window begins again at 1, knowing nothing; a fixed one stays.</summary>
    public void Restart() => _limit = _limit is null ? null : AdaptiveLimit.Start(Maximum, _time.GetElapsedTime(_start));
}
