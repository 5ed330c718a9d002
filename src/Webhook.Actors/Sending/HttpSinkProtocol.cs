using Akka.Actor;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>What the stream and the lane say to an <see cref="HttpSinkActor"/>, and what it says to the lane. Never leaves the process.</summary>
internal static class HttpSinkProtocol
{
    internal interface ILocal : INoSerializationVerificationNeeded;

    /// <summary>First message of the stream.</summary>
    internal sealed record StreamStarted : ILocal
    {
        public static readonly StreamStarted Instance = new();
    }

    /// <summary>To the stream: the next batch, please.</summary>
    internal sealed record Ack : ILocal
    {
        public static readonly Ack Instance = new();
    }

    /// <summary>Last message of the stream; the sink stops when nothing is in flight any more.</summary>
    internal sealed record StreamEnded(Exception? Cause) : ILocal
    {
        public static readonly StreamEnded Completed = new((Exception?)null);
    }

    /// <summary>From the lane: no more pauses. What is in pause ends, what comes is tried once, and after the first failure no more.</summary>
    internal sealed record Drain : ILocal
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>From the lane: other settings take over. What is under way may finish, nothing new is sent.</summary>
    internal sealed record Retire : ILocal
    {
        public static readonly Retire Instance = new();
    }

    /// <summary>From the lane: the integration is held back.</summary>
    internal sealed record Held(DeliveryHold Hold) : ILocal;

    /// <summary>From the lane: whatever holds the integration back is over.</summary>
    internal sealed record Resume : ILocal
    {
        public static readonly Resume Instance = new();
    }

    /// <summary>To the lane: a batch is now in flight.</summary>
    /// <param name="EventsBefore">Events of the partition before it.</param>
    /// <param name="Window">How many may be in flight now.</param>
    internal sealed record Taken(SequenceRange Range, long StoredAtNanoseconds, long EventsBefore, int Window) : ILocal;

    /// <summary>To the lane: the batch is no longer in flight, and the range is done with if <paramref name="IsFinished"/>.</summary>
    /// <param name="Events">0: the range held nothing to send and was never in flight.</param>
    internal sealed record Left(SequenceRange Range, int Events, bool IsFinished) : ILocal;
}
