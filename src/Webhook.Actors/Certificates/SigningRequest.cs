using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>A certificate signing request for a key that was made for it.</summary>
internal sealed record SigningRequest(string Pem, PrivateKey Key, string Algorithm)
{
    public const string DefaultSubject = "CN=webhook-actors";
    public const int MaxSubjectLength = 1024;

    private const string DefaultKeyType = "EC_P256";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly string[] KeyTypes = [DefaultKeyType, "RSA_2048", "RSA_3072", "RSA_4096"];

    /// <param name="keyType">null: EC_P256.</param>
    /// <param name="subject">null: <see cref="DefaultSubject"/>.</param>
    /// <returns>null when there is an error.</returns>
    public static SigningRequest? Create(string? keyType, string? subject, SettingErrors errors)
    {
        keyType ??= DefaultKeyType;
        if (!KeyTypes.Contains(keyType)) errors.Add("keyType", $"'{keyType}' is not known; one of {string.Join(", ", KeyTypes)}");
        var name = CheckSubject(subject ?? DefaultSubject, errors);
        if (errors.Any) return null;

        using AsymmetricAlgorithm key = keyType == DefaultKeyType
            ? ECDsa.Create(ECCurve.NamedCurves.nistP256)
            : RSA.Create(int.Parse(keyType.AsSpan("RSA_".Length), System.Globalization.CultureInfo.InvariantCulture));
        var request = key is ECDsa ec
            ? new CertificateRequest(name!, ec, HashAlgorithmName.SHA256)
            : new CertificateRequest(name!, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        return new SigningRequest(request.CreateSigningRequestPem() + "\n", PrivateKeys.Of(key), keyType);
    }

    private static X500DistinguishedName? CheckSubject(string subject, SettingErrors errors)
    {
        if (subject.Length > MaxSubjectLength)
        {
            errors.Add("subject", $"has {subject.Length} characters; at most {MaxSubjectLength}");
            return null;
        }

        try
        {
            if (!subject.Any(char.IsControl) && new X500DistinguishedName(subject) is var name && name.EnumerateRelativeDistinguishedNames().Any()) return name;
        }
        catch (CryptographicException)
        {
            // Said below, in our words.
        }

        errors.Add("subject", $"'{subject}' is not a distinguished name; write it like CN=webhook.example.org,O=Example");
        return null;
    }
}
