namespace Webhook.Load.Generating;

/// <summary>What is sent in a phase, in events.</summary>
/// <param name="Connections">Requests in flight, at most.</param>
/// <param name="Rate">Events a second, open loop; null: as fast as the answers come, closed loop; 0 to 0: nothing.</param>
/// <param name="Burst">Events that are due at once; 0: those of one request.</param>
/// <param name="MaxEvents">Ends the phase before its time.</param>
internal sealed record PhaseLoad(TimeSpan Duration, int Connections, Rate? Rate = null, long Burst = 0, long MaxEvents = long.MaxValue)
{
    public bool IsSilent => Rate is { From: 0, To: 0 };

    public RateSchedule? Schedule(int perRequest) => Rate is { } rate
        ? new RateSchedule(rate.From / perRequest, rate.To / perRequest, Duration, Math.Max(1, Burst / perRequest))
        : null;
}

internal sealed record Rate(double From, double To);
