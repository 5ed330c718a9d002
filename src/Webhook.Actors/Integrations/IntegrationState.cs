using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Webhook.Actors.Integrations;

public enum IntegrationPhase
{
    /// <summary>Never created.</summary>
    Absent,
    Existing,

    /// <summary>For good: ids are never used twice.</summary>
    Deleted,
}

/// <summary>Everything an integration remembers; also its snapshot. Changed by <see cref="IntegrationDecisions.Apply"/> only.</summary>
public sealed record IntegrationState : IWireMessage
{
    public IntegrationPhase Phase { get; init; }

    public IntegrationSettings? Settings { get; init; }

    /// <summary>From 1, one more with every change of the settings, channels included: lanes take over the newest.</summary>
    public long Revision { get; init; }

    /// <summary>The <see cref="Revision"/> of the last change of anything but the channels: what a test's success is bound to.</summary>
    public long DeliveryRevision { get; init; }

    /// <summary>The last test, of whichever settings were in force then.</summary>
    public TestResult? LastTest { get; init; }

    public bool IsEnabled { get; init; }

    /// <summary>Why it was disabled, when it was not a user who did it.</summary>
    public string? DisabledReason { get; init; }

    public DeliveryHistory History { get; init; } = DeliveryHistory.Empty;

    /// <summary>What holds the integration back, until a delivery or a test succeeds; its time may be over. null: nothing.</summary>
    public DeliveryHold? Hold { get; init; }

    /// <summary>What is being sent once more; null: nothing.</summary>
    public ReplayState? Replay { get; init; }

    /// <summary>Replays so far: the number of the last one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Replays { get; init; }

    /// <summary>The last test was of the settings in force, and succeeded. A later failed one of the same settings takes that back.</summary>
    [JsonIgnore]
    public bool IsTested => LastTest is { Report.Succeeded: true } test && test.DeliveryRevision == DeliveryRevision;
}

/// <param name="DeliveryRevision">Which settings it tested.</param>
public sealed record TestResult(long DeliveryRevision, LaneProtocol.TestReport Report, DateTimeOffset At);

/// <param name="Number">From 1, never used twice.</param>
/// <param name="Stretches">Those that are not done, one a partition at most.</param>
public sealed record ReplayState(long Number, IReadOnlyList<ReplayStretch> Stretches, double MaxRequestsPerSecond, DateTimeOffset StartedAt);

/// <param name="To">First sequence that is not replayed any more.</param>
public sealed record ReplayStretch(int Partition, long From, long To);

/// <summary>How deliveries went lately: the last errors, and whether the last word was a failure.</summary>
/// <param name="Errors">Oldest first, at most <see cref="MaxErrors"/>, none older than <see cref="Kept"/> when the last one came.</param>
/// <param name="FailedAttempts">Attempts that the last failing batch has had; 0 after a success.</param>
public sealed record DeliveryHistory(ImmutableArray<DeliveryError> Errors, int FailedAttempts)
{
    public const int MaxErrors = 100;

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public static readonly DeliveryHistory Empty = new([], 0);

    public IEnumerable<DeliveryError> Since(DateTimeOffset now) => Errors.Where(e => e.At > now - Kept);
}

/// <param name="Error">For people, without secrets.</param>
public sealed record DeliveryError(AttemptOutcome Outcome, string Error, DateTimeOffset At);
