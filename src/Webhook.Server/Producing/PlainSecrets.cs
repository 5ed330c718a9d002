using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Server.Producing;

/// <summary>Secrets that live in this process only, and are stored nowhere: there is nothing to protect them from. It knows no certificates.</summary>
internal sealed class PlainSecrets : ISecretProtector, ICertificateSource
{
    public static readonly PlainSecrets Instance = new();

    private PlainSecrets()
    {
    }

    public StoredSecret Protect(string secret) => new(secret);

    public string Unprotect(StoredSecret secret) => secret.Protected;

    public ValueTask<CertificateMaterial> GetAsync(long id, CancellationToken cancellation) =>
        throw new CredentialsException($"There is no certificate {id} here.");
}
