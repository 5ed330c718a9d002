using Akka.Event;

namespace Webhook.Actors.Integrations;

/// <summary>What a certificate is for; its words in the API are <c>CLIENT</c> and <c>CA</c>.</summary>
public enum CertificateUsage
{
    /// <summary>Presented to a receiver that asks who we are; its key is here, encrypted.</summary>
    Client,

    /// <summary>A private authority that a receiver's own certificate must chain to.</summary>
    Ca,
}

/// <summary>What an integration must know of a certificate before it uses it.</summary>
public sealed record CertificateFacts(long Id, CertificateUsage Usage, DateTimeOffset NotAfter);

/// <summary>What integrations ask the certificates and tell them; they know them by these messages only.</summary>
/// <remarks>
/// An integration claims a certificate before it stores settings that name it, and afterwards, whatever became of them, tells what it really uses. So the certificates
/// know at any moment at least what is used: a deletion comes before the claim, which is then refused, or after it, and is then refused itself. An integration that
/// died in between tells what it uses when it is back.
/// </remarks>
public static class CertificateUse
{
    public interface ICommand : IWireMessage;

    /// <summary>Answered with <see cref="Described"/>.</summary>
    public sealed record Describe(IReadOnlyList<long> Certificates) : ICommand;

    /// <summary>Answered with <see cref="Claimed"/> or <see cref="Gone"/>, and then nothing of it is claimed.</summary>
    public sealed record Claim(IntegrationId Integration, IReadOnlyList<long> Certificates) : ICommand;

    /// <summary>These and no others, claims included. Answered with <see cref="UsesKept"/>; repeated until then.</summary>
    /// <param name="Number">Comes back with the answer.</param>
    public sealed record Uses(IntegrationId Integration, IReadOnlyList<long> Certificates, long Number) : ICommand;

    public interface IReply : IWireMessage;

    /// <param name="Now">Of the certificates' clock: what has expired by then has expired.</param>
    /// <param name="Certificates">Those that exist.</param>
    public sealed record Described(DateTimeOffset Now, IReadOnlyList<CertificateFacts> Certificates) : IReply
    {
        /// <summary>Where no certificate is named.</summary>
        public static readonly Described None = new(DateTimeOffset.UnixEpoch, []);
    }

    public sealed record Claimed(IntegrationId Integration) : IReply;

    /// <summary>There is no such certificate (any more).</summary>
    public sealed record Gone(IntegrationId Integration, long Certificate) : IReply;

    /// <summary>Nobody misses it where the integration is gone meanwhile.</summary>
    public sealed record UsesKept(IntegrationId Integration, long Number) : IReply, IDeadLetterSuppression;
}
