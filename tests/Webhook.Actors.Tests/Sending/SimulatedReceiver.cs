using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Sending;

/// <summary>
/// A receiver without time or network: each request is answered with how it ends and how long that takes. All it does is a service time and, behind one another,
/// what it can do a second; the knee of such a receiver is capacity × service time. Fields may be changed while a simulation runs.
/// </summary>
internal sealed class SimulatedReceiver(double serviceSeconds, double capacity = double.PositiveInfinity, int seed = 1)
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(2);

    private readonly Random _random = new(seed);
    private readonly Queue<TimeSpan> _recent = new();
    private double _freeAt;

    public double ServiceSeconds { get; set; } = serviceSeconds;

    /// <summary>Requests a second that it can do; what comes faster waits in line.</summary>
    public double Capacity { get; set; } = capacity;

    /// <summary>Lognormal scatter of the service time: standard deviation of its logarithm.</summary>
    public double Jitter { get; set; }

    /// <summary>Share of requests answered with 500, whatever the load.</summary>
    public double Faulty { get; set; }

    /// <summary>More than this many in any second are answered 429.</summary>
    public int? RateLimit { get; set; }

    /// <summary>Refuses connections.</summary>
    public bool IsDown { get; set; }

    /// <summary>Service time by when the request comes; instead of <see cref="ServiceSeconds"/>.</summary>
    public Func<TimeSpan, double>? ServiceAt { get; set; }

    public (AttemptOutcome Outcome, TimeSpan Latency) Answer(TimeSpan now)
    {
        if (IsDown) return (AttemptOutcome.ConnectFailed, Quick);
        if (IsOverRate(now)) return (AttemptOutcome.RateLimited, Quick);
        if (_random.NextDouble() < Faulty) return (AttemptOutcome.ServerError, TimeSpan.FromSeconds(ServiceSeconds));

        var start = Math.Max(now.TotalSeconds, _freeAt);
        _freeAt = start + (1 / Capacity);
        var service = (ServiceAt?.Invoke(now) ?? ServiceSeconds) * (Jitter > 0 ? Math.Exp((Jitter * Gaussian()) - (Jitter * Jitter / 2)) : 1);
        return (AttemptOutcome.Delivered, TimeSpan.FromSeconds(start - now.TotalSeconds + service));
    }

    private bool IsOverRate(TimeSpan now)
    {
        if (RateLimit is not { } limit) return false;
        while (_recent.TryPeek(out var first) && first <= now - TimeSpan.FromSeconds(1)) _recent.Dequeue();
        if (_recent.Count >= limit) return true;
        _recent.Enqueue(now);
        return false;
    }

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
