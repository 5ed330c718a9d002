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
}
