using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Webhook.Actors.Certificates;

/// <summary>A private key on its way to being encrypted.</summary>
/// <param name="Pem">PKCS#8, in the clear: lives from here to <see cref="Integrations.ISecretProtector.Protect"/> only.</param>
/// <param name="PublicKey">SHA-256 of the public key (SubjectPublicKeyInfo), hex.</param>
internal sealed record PrivateKey(string Pem, string PublicKey)
{
    public override string ToString() => "***";
}

/// <summary>Reads private keys and tells which public key they belong to. Elliptic curves and RSA; nothing is written to a file.</summary>
internal static class PrivateKeys
{
    public const int MinRsaBits = 2048;

    public static string Hash(ReadOnlySpan<byte> subjectPublicKeyInfo) => Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));

    public static PrivateKey Of(AsymmetricAlgorithm key) => new(key.ExportPkcs8PrivateKeyPem(), Hash(key.ExportSubjectPublicKeyInfo()));

    /// <param name="pem">One private key block.</param>
    /// <param name="password">null: the key is not encrypted.</param>
    /// <returns>null, and why.</returns>
    public static (PrivateKey? Key, string? Error) Read(string pem, string? password)
    {
        var isEncrypted = pem.Contains("ENCRYPTED", StringComparison.Ordinal);
        if (isEncrypted && string.IsNullOrEmpty(password)) return (null, "is encrypted; give its password");
        if (pem.Contains("Proc-Type:", StringComparison.Ordinal))
            return (null, "is encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8 -in key.pem -out new-key.pem");
        using var ec = ECDsa.Create();
        using var rsa = RSA.Create();
        foreach (var algorithm in (AsymmetricAlgorithm[])[ec, rsa])
        {
            try
            {
                if (isEncrypted) algorithm.ImportFromEncryptedPem(pem, password);
                else algorithm.ImportFromPem(pem);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                continue;
            }

            return Check(algorithm) is { } problem ? (null, problem) : (Of(algorithm), null);
        }

        return (null, isEncrypted
            ? "cannot be opened; check the password (keys on elliptic curves and RSA keys are supported)"
            : "cannot be read; an unencrypted or PKCS#8-encrypted key on an elliptic curve, or an RSA key, is needed");
    }

    /// <summary>The key that a PFX file holds along with <paramref name="certificate"/>.</summary>
    /// <returns>null, and why.</returns>
    public static (PrivateKey? Key, string? Error) Of(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        if (key is null) return (null, "holds a key that is neither on an elliptic curve nor RSA");
        return Check(key) is { } problem ? (null, problem) : (Of(key), null);
    }

    private static string? Check(AsymmetricAlgorithm key) =>
        key is RSA && key.KeySize < MinRsaBits ? $"is an RSA key of {key.KeySize} bits; at least {MinRsaBits} are needed" : null;
}
