using System.Security.Cryptography;

namespace Webhook.Actors.Integrations;

/// <summary>Whether two settings are the same in what they say, lists included.</summary>
internal static class SettingsComparison
{
    /// <summary>true: a test of the one tells about the other. Everything but the channels counts, also how batches are cut: "exactly these settings".</summary>
    public static bool DeliversLike(this IntegrationSettings settings, IntegrationSettings other) =>
        settings.Type == other.Type
        && settings.Endpoint.OriginalString == other.Endpoint.OriginalString
        && settings.Authentication == other.Authentication
        && settings.Secrets.SequenceEqual(other.Secrets)
        && settings.CertificateId == other.CertificateId
        && settings.CaCertificateId == other.CaCertificateId
        && settings.Headers.SequenceEqual(other.Headers)
        && settings.IsInsecure == other.IsInsecure
        && settings.Output == other.Output
        && settings.TimestampResolution == other.TimestampResolution
        && settings.Delivery with { StatusOverrides = null } == other.Delivery with { StatusOverrides = null }
        && (settings.Delivery.StatusOverrides ?? []).SequenceEqual(other.Delivery.StatusOverrides ?? []);

    public static bool SameAs(this IntegrationSettings settings, IntegrationSettings other) =>
        settings.DeliversLike(other) && settings.Channels.SequenceEqual(other.Channels);

    /// <summary>As <see cref="SameAs"/>, but by what the secrets are: encrypted twice, the same secret is two texts.</summary>
    /// <returns>false also when a secret can no longer be decrypted.</returns>
    public static bool SameInClearAs(this IntegrationSettings settings, IntegrationSettings other, ISecretProtector protector) =>
        (settings with { Secrets = [] }).SameAs(other with { Secrets = [] })
        && settings.Secrets.Count == other.Secrets.Count
        && settings.Secrets.Zip(other.Secrets, (secret, its) => secret.ExpiresAt == its.ExpiresAt && SameInClear(secret, its, protector)).All(static same => same);

    /// <summary>Whether two secrets have the same text; that they end at different times does not count.</summary>
    public static bool SameInClear(StoredSecret secret, StoredSecret other, ISecretProtector protector)
    {
        if (secret.Protected == other.Protected) return true;
        try
        {
            return protector.Unprotect(secret) == protector.Unprotect(other);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
