namespace Webhook.Actors.Integrations;

/// <summary>A lane is one integration in one partition; the sharding entity's name is <see cref="ToString"/>.</summary>
public readonly record struct LaneId(IntegrationId Integration, int Partition)
{
    public override string ToString() => FormattableString.Invariant($"{Integration.Value}-{Partition}");
}

/// <summary>What an integration tells its lanes and what they answer. The integration knows lanes by these messages only.</summary>
public static class LaneProtocol
{
    public interface ILaneCommand : IWireMessage
    {
        LaneId Lane { get; }
    }

    /// <summary>Make a cursor at the end of the log if there is none; answered with <see cref="Opened"/> when it is durable.</summary>
    public sealed record Open(LaneId Lane) : ILaneCommand;

    public sealed record Opened(LaneId Lane) : IWireMessage;

    /// <summary>Deliver with these settings from the cursor on. Repeated at will: the same revision again changes nothing, a newer one takes over without losing what is in flight.</summary>
    /// <param name="Hold">What holds the integration back; null says nothing.</param>
    /// <param name="Replay">What is to be sent once more; null: nothing, and what was begun of it ends.</param>
    public sealed record Run(LaneId Lane, long Revision, IntegrationSettings Settings, DeliveryHold? Hold = null, Replay? Replay = null) : ILaneCommand;

    /// <summary>Whatever holds the integration back is over: a test has shown that the receiver is well.</summary>
    public sealed record Resume(LaneId Lane) : ILaneCommand;

    /// <summary>Stop delivering, keep the cursor; answered with <see cref="Stopped"/> when nothing is in flight and the cursor is saved.</summary>
    public sealed record Stop(LaneId Lane) : ILaneCommand;

    /// <summary>As <see cref="Stop"/>, then drop the cursor: the integration is deleted.</summary>
    public sealed record Remove(LaneId Lane) : ILaneCommand;

    public sealed record Stopped(LaneId Lane) : IWireMessage;

    /// <summary>Send the sample batch with these settings over the delivery path; answered with <see cref="TestReport"/>.</summary>
    public sealed record Test(LaneId Lane, IntegrationSettings Settings) : ILaneCommand;

    /// <summary>What a test did, stage by stage; it ends with the first that failed.</summary>
    public sealed record TestReport(bool Succeeded, IReadOnlyList<TestStage> Stages, int? StatusCode, string? Error) : IWireMessage;

    /// <param name="Name">resolve, address, connect, tls, request, status.</param>
    public sealed record TestStage(string Name, bool Succeeded, double Milliseconds, string? Detail);

    /// <summary>Send dead letters once more, beside the live delivery; answered with <see cref="RedeliveryAnswer"/>.</summary>
    /// <param name="Sequences">Which; null: those that <paramref name="Selection"/> chooses.</param>
    public sealed record Redeliver(LaneId Lane, IReadOnlyList<long>? Sequences, DeadLetterSelection? Selection, double MaxRequestsPerSecond) : ILaneCommand;

    /// <summary>null: whatever it is.</summary>
    /// <param name="Text">In the reason or the answer.</param>
    public sealed record DeadLetterSelection(
        string? Channel = null, int? StatusCode = null, DateTimeOffset? RefusedFrom = null, DateTimeOffset? RefusedUntil = null, string? Text = null);

    /// <param name="Refusal">null: it began.</param>
    public sealed record RedeliveryAnswer(LaneId Lane, RedeliveryRefusal? Refusal) : IWireMessage;

    public enum RedeliveryRefusal
    {
        /// <summary>The integration is disabled.</summary>
        NotRunning,

        /// <summary>Another redelivery is under way.</summary>
        Busy,
    }

    /// <summary>Where a replay would begin and end, and how many events that is; answered with <see cref="ReplayPlan"/>.</summary>
    /// <param name="FromTime">Events stored at this time or later; null: <paramref name="FromSequence"/> says.</param>
    /// <param name="Until">Events stored before; null: up to what is delivered.</param>
    public sealed record PlanReplay(
        LaneId Lane, IReadOnlyList<string> Channels, DateTimeOffset? FromTime, long? FromSequence, DateTimeOffset? Until) : ILaneCommand;

    /// <param name="From">Not before the oldest event kept.</param>
    /// <param name="To">First sequence that is not replayed any more: at most what is delivered.</param>
    /// <param name="OldestKept">When the oldest event that is still in the log was stored; null: none is.</param>
    public sealed record ReplayPlan(LaneId Lane, long From, long To, long Events, DateTimeOffset? OldestKept) : IWireMessage;

    /// <summary>A stretch of this lane that is to be sent once more, beside the live delivery.</summary>
    /// <param name="Number">Of the integration's replays, from 1: a part of the batches' identity.</param>
    public sealed record Replay(long Number, long From, long To, double MaxRequestsPerSecond);

    /// <summary>Answered with <see cref="Progress"/>.</summary>
    public sealed record GetProgress(LaneId Lane) : ILaneCommand;

    /// <param name="Cursor">Everything before this sequence is done.</param>
    /// <param name="Head">The next event of the log gets this sequence.</param>
    /// <param name="OldestUndelivered">When the first event not yet done was stored; null when all is done.</param>
    /// <param name="ReplayCursor">Everything of the replay before this sequence is done; null: none is under way.</param>
    public sealed record Progress(
        LaneId Lane, bool Running, long Cursor, long Head, DateTimeOffset? OldestUndelivered, int RequestsInFlight, long? ReplayCursor = null) : IWireMessage;
}
