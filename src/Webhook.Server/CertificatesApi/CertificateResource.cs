using System.Text.Json.Serialization;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.CertificatesApi;

/// <summary>A certificate as the API shows it.</summary>
/// <param name="Fingerprint">SHA-256, hex.</param>
internal sealed record CertificateResource(
    long Id, string CertificateName, DateTime Created, string Fingerprint, string Issuer, string? Usage, ValidityResource Validity)
{
    public static CertificateResource Of(CertificateView view) => new(
        view.Id, view.Name, view.CreatedAt.UtcDateTime, view.Fingerprint, view.Issuer, SettingNames.CertificateUsages.NameOf(view.Usage),
        new ValidityResource(view.NotBefore.UtcDateTime, view.NotAfter.UtcDateTime));
}

/// <summary>It is valid after the one and before the other.</summary>
internal sealed record ValidityResource(DateTime After, DateTime Before);

/// <summary>An integration that uses a certificate.</summary>
internal sealed record ServiceResource(long Id, string Name);

[JsonSerializable(typeof(CertificateResource))]
[JsonSerializable(typeof(ListResource<CertificateResource>), TypeInfoPropertyName = "CertificateList")]
[JsonSerializable(typeof(ListResource<ServiceResource>), TypeInfoPropertyName = "ServiceList")]
internal sealed partial class CertificatesJson : JsonSerializerContext
{
    public static CertificatesJson Readable { get; } = new(ReadableJson.NewOptions());
}
