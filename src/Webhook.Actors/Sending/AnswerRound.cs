namespace Webhook.Actors.Sending;

/// <summary>The answers of one round: to requests that were sent after the window last changed, so that they tell of this window and of no other.</summary>
/// <param name="Since">When it began.</param>
/// <param name="Mean">Of the logarithms of the delivered requests' latencies in seconds.</param>
/// <param name="Squares">Sum of the squared deviations from that mean (Welford).</param>
internal readonly record struct AnswerRound(TimeSpan Since, int Delivered, int Overloaded, double Mean, double Squares)
{
    public int Answers => Delivered + Overloaded;

    public double OverloadedShare => (double)Overloaded / Answers;

    /// <summary>Needs two delivered requests.</summary>
    public double Variance => Squares / (Delivered - 1);

    public static AnswerRound Begin(TimeSpan since) => new(since, 0, 0, 0, 0);

    public AnswerRound WithDelivered(TimeSpan latency)
    {
        var value = Math.Log(Math.Max(1, latency.Ticks) / (double)TimeSpan.TicksPerSecond);
        var mean = Mean + ((value - Mean) / (Delivered + 1));
        return this with { Delivered = Delivered + 1, Mean = mean, Squares = Squares + ((value - Mean) * (value - mean)) };
    }

    public AnswerRound WithOverloaded() => this with { Overloaded = Overloaded + 1 };
}
