namespace Webhook.Actors.Integrations;

/// <summary>Key of the integrations' shard region in the actor registry.</summary>
public sealed class IntegrationRegion;

/// <summary>Key of the lanes' shard region: lets the integrations reach lanes without naming their types.</summary>
public sealed class LaneRegion;

/// <summary>Key of the catalog's singleton proxy.</summary>
public sealed class CatalogProxy;

/// <summary>Key of the certificates' singleton proxy: integrations reach it by <see cref="CertificateUse"/>.</summary>
public sealed class CertificatesProxy;
