using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>A certificate as it is kept: the key, if it has one, still encrypted.</summary>
/// <param name="Version">One more with every renewal under the same id.</param>
/// <param name="ChainPem">Certificates that came along with it; possibly empty.</param>
/// <param name="Key">PKCS#8 in PEM, encrypted; null for a CA.</param>
public sealed record CertificateMaterial(long Id, int Version, string Pem, string ChainPem, StoredSecret? Key);

/// <summary>Where senders get their certificates from.</summary>
internal interface ICertificateSource
{
    /// <summary>Asked before every attempt: mostly answered from memory, and a renewal is noticed soon.</summary>
    /// <exception cref="CredentialsException">There is none, or it cannot be read; the message says which.</exception>
    ValueTask<CertificateMaterial> GetAsync(long id, CancellationToken cancellation);
}
