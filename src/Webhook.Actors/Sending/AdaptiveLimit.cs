using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>
/// The adaptive window: a pure decision, one step per answer. It looks for the knee of the receiver, where more requests in flight bring no more throughput
/// but only queue, and stays there.
/// </summary>
/// <remarks>
/// <para>It decides once a round, that is after at least one round trip and 8 answers (or as many as the window is large) to requests that were sent since the
/// last change, and only by requests that were sent at a full window: the others say nothing about its size.</para>
/// <code>
/// more than 4 % of the last answers were overload   shrink by half of the round's share of them, by one at least
/// latency above the baseline by 1.3 and by chance   shrink by a fifth; a window halved without relief: not our queue, see below
/// neither, and less than 2 % overload               slow start: double; else one more
/// else                                              stay
/// </code>
/// <para>Slow start holds from a window of 1 on until the first overload (which halves at once) or the first queue.</para>
/// <para>The baseline is learnt at a window of 1, where no queue is ours, and follows downwards. Upwards it follows only by proof: when halving the window has
/// not shortened the latency in step, it is the receiver that became slower; that is the new baseline and the window is what it was. A baseline that crept
/// upwards (a long average, as Gradient2's) would take our own queue for normal, and one that never moved (a minimum) would starve a receiver for ever.</para>
/// <para>Not taken: one EWMA of the round-trip time with its deviation (Vector), which follows a slowly growing queue; measuring the minimum at a small
/// window every minute (Envoy), which costs throughput at every receiver, also at those without a queue.</para>
/// </remarks>
internal readonly record struct AdaptiveLimit
{
    // A window of 1.3 times the knee; × 0.8 is then still above the knee, so that shrinking never costs throughput. Simulated, knee 20: window 21 to 27, all
    // of the capacity at 1.2 times the unloaded latency, where a fixed window of 4 gets a fifth of it and one of 64 waits 3.2 times as long.
    private const double Tolerance = 1.3;
    private const double LatencyShrink = 0.8;

    // Fewer answers scatter too much to tell a queue from chance; in slow start half of them do, as what it doubles shows more clearly.
    private const int RoundAnswers = 8;
    private const int SlowStartAnswers = 4;

    // Share of overload among the last answers, as an average that forgets over this many of them: a receiver that fails one request in a hundred for reasons
    // of its own keeps its window, one with a rate limit gets nine tenths of it and refuses 3 % of the requests (simulated; a window of 64: 16 to 36 %).
    private const double OverloadMemory = 64;
    private const double OverloadToShrink = 0.04;
    private const double OverloadToGrow = 0.02;

    // A latency that still rises by this much a round is a queue that still fills: what shrinking brings shows only later.
    private const double Filling = 1.1;

    // Three steps of × 0.8. Relief of less than half of what shrinking would bring, if the latency were our queue, is none.
    private const double HalvedWindow = 0.55;
    private const double Relief = 0.5;

    private static readonly double LogTolerance = Math.Log(Tolerance);
    private static readonly double LogFilling = Math.Log(Filling);

    private AdaptiveLimit(int size, int maximum, TimeSpan now)
    {
        Size = size;
        Maximum = maximum;
        IsSlowStart = true;
        Baseline = LatencyBaseline.Unknown;
        Round = AnswerRound.Begin(now);
    }

    /// <summary>Requests that may be in flight, 1 to <see cref="Maximum"/>.</summary>
    public int Size { get; private init; }

    public int Maximum { get; private init; }

    public bool IsSlowStart { get; private init; }

    private LatencyBaseline Baseline { get; init; }

    private AnswerRound Round { get; init; }

    private double OverloadShare { get; init; }

    // The present row of too long rounds: window before it, and window and latency when the latency had stopped rising. A window of 0: there is none.
    private (int Before, int Size, double Mean) Suspicion { get; init; }

    private int AnswersToDecide => Math.Max(Size, IsSlowStart ? SlowStartAnswers : RoundAnswers);

    public static AdaptiveLimit Start(int maximum, TimeSpan now = default) => new(1, maximum, now);

    /// <param name="inFlight">How many were in flight when the attempt started, itself among them.</param>
    /// <param name="now">Time on any clock that only goes forward; the same for all calls.</param>
    public AdaptiveLimit Observe(AttemptOutcome outcome, TimeSpan latency, int inFlight, TimeSpan now)
    {
        if (Sign(outcome) is not { } isOverload || now - latency < Round.Since) return this;

        var next = this with { OverloadShare = OverloadShare + (((isOverload ? 1 : 0) - OverloadShare) / OverloadMemory) };
        if (isOverload)
        {
            if (IsSlowStart && Size > 1) return next.Resized(Size / 2, now) with { IsSlowStart = Size / 2 == 1 };
            next = next with { Round = Round.WithOverloaded() };
        }
        else if (inFlight >= Size)
        {
            next = next with { Round = Round.WithDelivered(latency) };
        }

        return next.Round.Answers >= AnswersToDecide ? next.Decide(now) : next;
    }

    /// <returns>null: the answer says nothing about load, neither for nor against.</returns>
    private static bool? Sign(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Delivered => false,
        AttemptOutcome.RateLimited or AttemptOutcome.ServerError or AttemptOutcome.TimedOut => true,
        AttemptOutcome.ConnectFailed or AttemptOutcome.TlsFailed => true,
        _ => null,
    };

    private AdaptiveLimit Decide(TimeSpan now)
    {
        if (Round.Overloaded > 0 && OverloadShare > OverloadToShrink)
            return Resized(Math.Min(Size - 1, (int)(Size * (1 - (Round.OverloadedShare / 2)))), now);
        if (Round.Delivered == 0) return Resized(Size, now);

        var known = this with { Baseline = Baseline.WithScatter(Round) };
        if (Size == 1) return (known with { Baseline = known.Baseline.Learn(Round) }).Grown(now);

        var (excess, noise) = (Round.Mean - Baseline.Level, known.Baseline.Noise(Round.Delivered));
        if (excess > LogTolerance + noise) return known.Shrunk(now);
        return (excess < -noise ? known with { Baseline = known.Baseline.Learn(Round) } : known).Grown(now);
    }

    private AdaptiveLimit Grown(TimeSpan now)
    {
        var calm = this with { Suspicion = default };
        return OverloadShare < OverloadToGrow ? calm.Resized(IsSlowStart ? Size * 2 : Size + 1, now) : calm.Resized(Size, now);
    }

    private AdaptiveLimit Shrunk(TimeSpan now)
    {
        var (before, size, mean) = Suspicion.Before == 0 ? (Size, Size, Round.Mean) : Suspicion;
        if (Round.Mean > mean + LogFilling + Baseline.Noise(Round.Delivered)) (size, mean) = (Size, Round.Mean);
        if (Size <= size * HalvedWindow)
        {
            var isRelieved = mean - Round.Mean > Relief * Math.Log((double)size / Size);
            if (!isRelieved) return (this with { Suspicion = default, Baseline = Baseline.Learn(Round) }).Resized(before, now);
            (before, size, mean) = (Size, Size, Round.Mean);
        }

        var smaller = IsSlowStart ? Size / 2 : (int)(Size * LatencyShrink);
        return (this with { Suspicion = (before, size, mean) }).Resized(smaller, now) with { IsSlowStart = smaller == 1 };
    }

    // A round that changes nothing lets those on their way count for the next.
    private AdaptiveLimit Resized(int size, TimeSpan now)
    {
        var bounded = Math.Clamp(size, 1, Maximum);
        return this with { Size = bounded, IsSlowStart = bounded < Maximum && (IsSlowStart || bounded == 1), Round = AnswerRound.Begin(bounded == Size ? Round.Since : now) };
    }
}
