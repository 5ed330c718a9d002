using Webhook.Actors.Integrations;

namespace Webhook.Actors.Delivery;

/// <summary>Where a lane stands.</summary>
internal enum LanePhase
{
    /// <summary>Nothing is under way.</summary>
    Idle,

    /// <summary>The cursor is being loaded.</summary>
    Starting,

    Running,

    /// <summary>A start or a run failed; a timer starts the next one.</summary>
    Backoff,

    /// <summary>The run was told to end.</summary>
    Stopping,

    /// <summary>The cursor is being dropped.</summary>
    Removing,
}

/// <summary>What a lane does next.</summary>
internal enum LaneStep
{
    /// <summary>Wait for what is under way.</summary>
    None,

    /// <summary>End the run; what the stream holds is tried once.</summary>
    Drain,

    /// <summary>End the run; only what is being sent is finished.</summary>
    Retire,

    /// <summary>Forget a start that is under way or pending, and decide again.</summary>
    Reset,

    /// <summary>Drop the cursor.</summary>
    Remove,

    /// <summary>End the actor.</summary>
    Leave,

    Start,

    /// <summary>Tell who waits for it that the lane is stopped.</summary>
    Rest,
}

/// <summary>What is wanted of a lane, and the next step towards it: pure decisions.</summary>
/// <param name="Run">The newest settings to deliver with; null: deliver nothing.</param>
/// <param name="IsRemoved">The integration is gone; nothing brings it back.</param>
/// <param name="IsLeaving">The node hands the lane over; nothing starts here any more.</param>
internal sealed record LaneGoal(LaneProtocol.Run? Run, bool IsRemoved, bool IsLeaving)
{
    public static readonly LaneGoal Nothing = new(null, false, false);

    public LaneGoal With(LaneProtocol.ILaneCommand command) => command switch
    {
        LaneProtocol.Run run when !IsRemoved && !IsLeaving && (Run is null || run.Revision >= Run.Revision) => this with { Run = run },
        LaneProtocol.Stop => this with { Run = null },
        LaneProtocol.Remove => this with { Run = null, IsRemoved = true },
        _ => this,
    };

    public LaneGoal Leaving() => this with { Run = null, IsLeaving = true };

    /// <param name="revision">Of the last start; null: there was none.</param>
    public LaneStep Next(LanePhase phase, long? revision) => phase switch
    {
        LanePhase.Running when Run is null => LaneStep.Drain,
        LanePhase.Running when Run.Revision != revision => LaneStep.Retire,
        LanePhase.Starting when Run is null => LaneStep.Reset,
        LanePhase.Backoff when Run?.Revision != revision => LaneStep.Reset,
        LanePhase.Idle when IsRemoved => LaneStep.Remove,
        LanePhase.Idle when IsLeaving => LaneStep.Leave,
        LanePhase.Idle when Run is not null => LaneStep.Start,
        LanePhase.Idle => LaneStep.Rest,
        _ => LaneStep.None,
    };
}
