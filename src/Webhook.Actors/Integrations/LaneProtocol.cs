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
    public sealed record Run(LaneId Lane, long Revision, IntegrationSettings Settings) : ILaneCommand;

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

    /// <summary>Answered with <see cref="Progress"/>.</summary>
    public sealed record GetProgress(LaneId Lane) : ILaneCommand;

    /// <param name="Cursor">Everything before this sequence is done.</param>
    /// <param name="Head">The next event of the log gets this sequence.</param>
    /// <param name="OldestUndelivered">When the first event not yet done was stored; null when all is done.</param>
    public sealed record Progress(LaneId Lane, bool Running, long Cursor, long Head, DateTimeOffset? OldestUndelivered, int RequestsInFlight) : IWireMessage;
}
