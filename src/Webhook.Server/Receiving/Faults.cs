namespace Webhook.Server.Receiving;

/// <summary>What is done wrong on purpose; nothing by default.</summary>
internal sealed record FaultOptions
{
    public IReadOnlyList<FailRule> Fail { get; init; } = [];

    /// <summary>Before each answer, drawn evenly; equal: always so long.</summary>
    public (TimeSpan From, TimeSpan To) Delay { get; init; }

    /// <summary>Of the requests: taken, and the connection broken in place of an answer. 0 to 1.</summary>
    public double ResetShare { get; init; }

    /// <summary>Events whose bytes hold one of these texts are refused.</summary>
    public IReadOnlyList<string> RefuseEvents { get; init; } = [];

    /// <summary>false: the batch is refused as a whole with 422, and the sender finds out which event it is; true: 207 names the events and the others are taken.</summary>
    public bool NamesRefused { get; init; }

    /// <summary>Sent along with every failure of <see cref="Fail"/>; null: not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Bytes of a body as sent, beyond which it is answered with 413; null: no limit.</summary>
    public long? TooLarge { get; init; }

    /// <summary>The same seed does the same to the same number of requests; null: another one each time.</summary>
    public int? Seed { get; init; }
}

/// <summary>One <c>--fail</c>: <c>503:10%</c>, <c>500:first=3</c>, or <c>503</c> for every request.</summary>
/// <param name="First">So many requests at the beginning; null: <paramref name="Share"/> of all.</param>
internal sealed record FailRule(int Status, double Share, int? First, string Text);

/// <summary>What is to be done wrong with one request.</summary>
/// <param name="Fail">null: it is not failed.</param>
/// <param name="Resets">true: if it is taken, the connection is broken.</param>
internal readonly record struct Fault(TimeSpan Delay, FailRule? Fail, bool Resets);

/// <summary>Decides for one request after another what is done wrong with it. Safe for several threads.</summary>
internal sealed class FaultPlan(FaultOptions options)
{
    private readonly Lock _lock = new();

    // A seed makes them repeatable.
    private readonly Random _random = options.Seed is { } seed ? new Random(seed) : new Random();
    private long _requests;

    public FaultOptions Options => options;

    public Fault Next()
    {
        lock (_lock)
        {
            _requests++;
            // As many draws for each request, whatever comes of them: what happens to one does not change what happens to the next.
            var delay = options.Delay.From + ((options.Delay.To - options.Delay.From) * _random.NextDouble());
            var resets = _random.NextDouble() < options.ResetShare;
            FailRule? fail = null;
            foreach (var rule in options.Fail)
            {
                var drawn = _random.NextDouble();
                if (rule.First is { } first ? _requests <= first : drawn < rule.Share) fail ??= rule;
            }

            return new Fault(delay, fail, resets);
        }
    }
#pragma warning restore CA5394
}
