namespace Webhook.Load.Generating;

/// <summary>
/// When each request of a phase is due: at a rate that goes from one value to another in a straight line, singly or in bursts. Known before anything is sent, so that no answer can shift it.
/// </summary>
/// <param name="FromRate">Requests a second at the begin.</param>
/// <param name="ToRate">At the end.</param>
/// <param name="Burst">Requests that are due at once.</param>
internal sealed record RateSchedule(double FromRate, double ToRate, TimeSpan Duration, long Burst = 1)
{
    /// <summary>All that are due within the duration: the mean rate times the time.</summary>
    public long Requests => (long)Math.Round((FromRate + ToRate) / 2 * Duration.TotalSeconds);

    /// <summary>
    /// n requests are due by t with n = r₀t + (r₁ − r₀)t²/2T; solved for t in the form that also holds for a rate that does not change.
    /// </summary>
    public TimeSpan DueOf(long request)
    {
        double n = request - (request % Burst);
        if (n == 0) return TimeSpan.Zero;
        var slope = (ToRate - FromRate) / Duration.TotalSeconds;
        var root = Math.Sqrt(Math.Max(0, (FromRate * FromRate) + (2 * slope * n)));
        return TimeSpan.FromSeconds(2 * n / (FromRate + root));
    }
}
