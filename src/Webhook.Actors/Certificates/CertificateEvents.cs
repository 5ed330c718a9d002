using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>What a certificate file holds, and what was read out of it once.</summary>
/// <param name="Pem">The certificate itself.</param>
/// <param name="ChainPem">What was given along with it: intermediates, in one text; possibly empty.</param>
/// <param name="PublicKey">SHA-256 of the public key (SubjectPublicKeyInfo), hex.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, hex.</param>
public sealed record CertificateContent(
    string Pem, string ChainPem, string PublicKey, string Fingerprint, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter);

/// <param name="Version">From 1, one more with every renewal: what senders compare.</param>
/// <param name="Key">PKCS#8, encrypted; null for a CA.</param>
/// <param name="Warned">How far its expiry has been warned of.</param>
public sealed record StoredCertificate(
    long Id, string Name, CertificateUsage Usage, int Version, DateTimeOffset CreatedAt, CertificateContent Content, StoredSecret? Key,
    ExpiryStage Warned = ExpiryStage.None);

/// <summary>A key that was made here and waits for its certificate.</summary>
public sealed record PendingKey(string PublicKey, string Algorithm, StoredSecret Key, DateTimeOffset CreatedAt);

/// <summary>What one integration uses, or is about to.</summary>
public sealed record CertificateUsers(IntegrationId Integration, IReadOnlyList<long> Certificates);

/// <summary>The certificates' journal. Names and members are stored for ever.</summary>
public interface ICertificateEvent : ICertificateMessage;

public static class CertificateEvents
{
    public sealed record KeyKept(PendingKey Key) : ICertificateEvent;

    /// <param name="Expired">false: it was the oldest of too many.</param>
    public sealed record KeyDropped(string PublicKey, bool Expired) : ICertificateEvent;

    /// <summary>Ends the waiting of the key that it took.</summary>
    public sealed record Added(StoredCertificate Certificate) : ICertificateEvent;

    /// <summary>Ends the waiting of the key that it took.</summary>
    public sealed record Renewed(StoredCertificate Certificate) : ICertificateEvent;

    public sealed record Deleted(long Id) : ICertificateEvent;

    /// <summary>Of one integration, all that it uses or claims from now on; possibly nothing.</summary>
    public sealed record UsesChanged(CertificateUsers Users) : ICertificateEvent;

    public sealed record ExpiryWarned(long Id, ExpiryStage Stage) : ICertificateEvent;

    /// <summary>The certificates' snapshot.</summary>
    public sealed record Snapshot(
        long NextId, IReadOnlyList<StoredCertificate> Certificates, IReadOnlyList<PendingKey> Keys, IReadOnlyList<CertificateUsers> Users) : ICertificateMessage;
}
