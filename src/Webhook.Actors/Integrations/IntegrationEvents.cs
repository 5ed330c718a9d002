namespace Webhook.Actors.Integrations;

/// <summary>What happened to an integration: its journal. Names and members are stored for ever; a change is a new event, or a new member whose absence (null, 0, false: initial values do not count) means what was before.</summary>
public interface IIntegrationEvent : IWireMessage
{
    DateTimeOffset At { get; }
}

public static class IntegrationEvents
{
    public sealed record Created(IntegrationSettings Settings, DateTimeOffset At) : IIntegrationEvent;

    /// <param name="Revision">Grows with every change: what lanes compare.</param>
    /// <param name="DeliveryRevision">The revision of the last change that asked for a new test.</param>
    public sealed record Changed(IntegrationSettings Settings, long Revision, long DeliveryRevision, DateTimeOffset At) : IIntegrationEvent;

    /// <param name="DeliveryRevision">Which settings were tested.</param>
    public sealed record Tested(long DeliveryRevision, LaneProtocol.TestReport Report, DateTimeOffset At) : IIntegrationEvent;

    public sealed record Enabled(DateTimeOffset At) : IIntegrationEvent;

    /// <param name="Reason">For people; null when a user asked.</param>
    public sealed record Disabled(string? Reason, DateTimeOffset At) : IIntegrationEvent;

    public sealed record Deleted(DateTimeOffset At) : IIntegrationEvent;

    /// <summary>An attempt failed, worth keeping by <see cref="ReportThrottle"/>.</summary>
    /// <param name="Hold">What holds the integration back since; null: what did before, if anything.</param>
    public sealed record DeliveryFailed(
        AttemptOutcome Outcome, int Attempt, int? StatusCode, string Error, DateTimeOffset At, DeliveryHold? Hold = null) : IIntegrationEvent;

    /// <param name="Number">The next one of the integration.</param>
    public sealed record ReplayStarted(long Number, IReadOnlyList<ReplayStretch> Stretches, double MaxRequestsPerSecond, DateTimeOffset At) : IIntegrationEvent;

    /// <summary>One partition is through.</summary>
    public sealed record ReplayAdvanced(long Number, int Partition, DateTimeOffset At) : IIntegrationEvent;

    /// <summary>A user called it off.</summary>
    public sealed record ReplayStopped(long Number, DateTimeOffset At) : IIntegrationEvent;

    /// <summary>The first success after failures.</summary>
    public sealed record DeliveryRecovered(DateTimeOffset At) : IIntegrationEvent;
}
