namespace Webhook.Actors.Integrations;

/// <summary>Encrypts secrets for the journal. The key ring is the host's.</summary>
public interface ISecretProtector
{
    StoredSecret Protect(string secret);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key ring no longer holds the key; the message never holds the secret.</exception>
    string Unprotect(StoredSecret secret);
}
