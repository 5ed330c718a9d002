using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Certificates;

/// <summary>Everything of the certificates that goes to the journal or between nodes: bound to <see cref="CertificateSerializer"/>, one stable manifest each.</summary>
public interface ICertificateMessage;

/// <summary>A certificate as users see it: never a key.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate, hex.</param>
/// <param name="Users">The integrations that use it, or are about to; none in a list, where nobody asks for them.</param>
public sealed record CertificateView(
    long Id, string Name, CertificateUsage Usage, DateTimeOffset CreatedAt, string Fingerprint, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter,
    IReadOnlyList<IntegrationId> Users);

/// <summary>What the certificates are asked by the API and by senders, and the answers. Private keys are encrypted before they get here.</summary>
public static class CertificateProtocol
{
    public interface ICommand : ICertificateMessage;

    /// <summary>Keep a key until the certificate for it comes. Answered with <see cref="KeyKept"/>.</summary>
    /// <param name="PublicKey">SHA-256 of the public key (SubjectPublicKeyInfo), hex.</param>
    public sealed record KeepKey(string PublicKey, string Algorithm, StoredSecret Key) : ICommand;

    /// <summary>Which of these public keys has its private key here? Answered with <see cref="KeyFound"/>.</summary>
    public sealed record FindKey(IReadOnlyList<string> PublicKeys) : ICommand;

    /// <summary>Answered with <see cref="Done"/>, <see cref="NoKey"/> or <see cref="Full"/>.</summary>
    /// <param name="Key">null: the one that is kept for it; for a CA: none.</param>
    public sealed record Add(string Name, CertificateUsage Usage, CertificateContent Content, StoredSecret? Key) : ICommand;

    /// <summary>Another certificate under the same id. Answered with <see cref="Done"/>, <see cref="NoKey"/> or <see cref="Unknown"/>.</summary>
    /// <param name="Name">null: as before.</param>
    public sealed record Renew(long Id, string? Name, CertificateContent Content) : ICommand;

    /// <summary>Answered with <see cref="Deleted"/>, <see cref="InUse"/> or <see cref="Unknown"/>.</summary>
    public sealed record Delete(long Id) : ICommand;

    /// <summary>Answered with <see cref="Done"/> or <see cref="Unknown"/>.</summary>
    public sealed record Get(long Id) : ICommand;

    /// <summary>Answered with <see cref="Page"/>: a message stays far below the size that remoting carries.</summary>
    /// <param name="After">Those with larger ids only; 0 begins.</param>
    public sealed record List(long After) : ICommand;

    /// <summary>For sending. Answered with <see cref="Opened"/>, <see cref="Unchanged"/> or <see cref="Unknown"/>.</summary>
    /// <param name="KnownVersion">What the asker has already; 0: nothing.</param>
    public sealed record Open(long Id, int KnownVersion) : ICommand;

    public interface IReply : ICertificateMessage;

    public sealed record KeyKept(string PublicKey) : IReply;

    /// <param name="PublicKey">null: none of them.</param>
    public sealed record KeyFound(string? PublicKey) : IReply;

    public sealed record Done(CertificateView Certificate) : IReply;

    /// <summary>No private key is here for the certificate's public key.</summary>
    public sealed record NoKey : IReply;

    public sealed record Full(int Limit) : IReply;

    public sealed record Unknown(long Id) : IReply;

    public sealed record Deleted(long Id) : IReply;

    public sealed record InUse(long Id, IReadOnlyList<IntegrationId> Users) : IReply;

    /// <param name="IsLast">false: ask again after the last one.</param>
    public sealed record Page(IReadOnlyList<CertificateView> Certificates, bool IsLast) : IReply
    {
        public const int MaxCertificates = 50;
    }

    public sealed record Opened(CertificateMaterial Material) : IReply;

    public sealed record Unchanged(long Id) : IReply;
}
