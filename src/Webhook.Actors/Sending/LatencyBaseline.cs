namespace Webhook.Actors.Sending;

/// <summary>
/// What a receiver's latency is without a queue of our making, and how much it scatters. All in natural logarithms of seconds: the same rules then hold from
/// 1 ms to 10 s, a doubling weighs the same everywhere, and one outlier does not spoil a mean.
/// </summary>
/// <param name="Level">Mean of the logarithms.</param>
/// <param name="Answers">How many answers it rests on; at most <see cref="MaxWeight"/>.</param>
/// <param name="Variance">Of single answers around the mean of their round.</param>
internal readonly record struct LatencyBaseline(double Level, int Answers, double Variance)
{
    /// <summary>Before anything is known: single answers within a factor of e^±0.5, as of a receiver on a healthy network.</summary>
    public static readonly LatencyBaseline Unknown = new(0, 0, 0.25);

    // Beyond a scatter of e^±1 the margin would hide any queue.
    private const double MaxVariance = 1;

    // The level rests on four rounds of the smallest size, the scatter on one: what is first assumed of it must not hide the first queue.
    private const int MaxWeight = 32;
    private const int ScatterWeight = 8;

    // Two standard errors: of a hundred rounds without a queue two look as if there was one.
    private const double Margin = 2;

    /// <summary>By how much the mean of a round differs from the level through chance alone.</summary>
    public double Noise(int answers) => Margin * Math.Sqrt(Variance * ((1.0 / Math.Max(1, Answers)) + (1.0 / answers)));

    /// <summary>What <paramref name="round"/> says about the scatter, whatever it says about the level.</summary>
    public LatencyBaseline WithScatter(in AnswerRound round)
    {
        if (round.Delivered < 2) return this;
        var share = round.Delivered / (double)(round.Delivered + ScatterWeight);
        return this with { Variance = Math.Min(MaxVariance, Variance + (share * (round.Variance - Variance))) };
    }

    /// <summary><paramref name="round"/> was without a queue of ours: what differs by more than chance is the new level, the rest makes the old one more exact.</summary>
    public LatencyBaseline Learn(in AnswerRound round)
    {
        if (Answers == 0 || Math.Abs(round.Mean - Level) > Noise(round.Delivered)) return this with { Level = round.Mean, Answers = Math.Min(MaxWeight, round.Delivered) };
        var share = round.Delivered / (double)(round.Delivered + Answers);
        return this with { Level = Level + (share * (round.Mean - Level)), Answers = Math.Min(MaxWeight, Answers + round.Delivered) };
    }
}
