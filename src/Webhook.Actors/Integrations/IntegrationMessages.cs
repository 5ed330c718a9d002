using Akka.Actor;

namespace Webhook.Actors.Integrations;

/// <summary>A change under way, until it is answered. Late answers of lanes are told apart by the instance.</summary>
internal sealed class Work(IntegrationProtocol.IChange change, IActorRef requester) : IDisposable
{
    private readonly CancellationTokenSource _patience = new();

    public IntegrationProtocol.IChange Change { get; } = change;

    public IActorRef Requester { get; } = requester;

    /// <summary>Ends when the lanes have had their time.</summary>
    public CancellationToken Patience => _patience.Token;

    public void GiveUp() => _patience.Cancel();

    public void Dispose() => _patience.Dispose();
}

/// <summary>What an integration tells itself.</summary>
internal abstract record IntegrationMessage : INoSerializationVerificationNeeded
{
    private IntegrationMessage()
    {
    }

    internal sealed record CertificatesClaimed(Work Work, Decision Decision) : IntegrationMessage;

    internal sealed record CertificateIsGone(Work Work) : IntegrationMessage;

    internal sealed record CertificatesSilent(Work Work, Exception Cause) : IntegrationMessage;

    internal sealed record TestAnswered(Work Work, LaneProtocol.TestReport Report) : IntegrationMessage;

    internal sealed record LanesOpened(Work Work, Decision.Accept Decision) : IntegrationMessage;

    internal sealed record LanesSilent(Work Work, Exception Cause) : IntegrationMessage;

    internal sealed record TimeIsUp : IntegrationMessage, INotInfluenceReceiveTimeout
    {
        public static readonly TimeIsUp Instance = new();
    }

    /// <summary>From sharding, at a move or in answer to <c>Passivate</c>: stop once the change under way is answered.</summary>
    internal sealed record Leave : IntegrationMessage
    {
        public static readonly Leave Instance = new();
    }

    internal sealed record RemindLanes : IntegrationMessage, INotInfluenceReceiveTimeout
    {
        public static readonly RemindLanes Instance = new();
    }
}
