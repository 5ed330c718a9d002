using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>What a certificate must be like to be taken, and what is kept of it.</summary>
internal static class CertificateChecks
{
    public const int MaxNameLength = 255;

    /// <returns>The name without the white space around it; null when it is wrong or absent.</returns>
    public static string? CheckName(string? name, SettingErrors errors)
    {
        name = name?.Trim();
        if (name is null) errors.Add("name", $"is missing; 1 to {MaxNameLength} characters");
        else if (name.Length is 0 or > MaxNameLength) errors.Add("name", $"has {name.Length} characters without the white space around it; 1 to {MaxNameLength} are allowed");
        else if (name.Any(char.IsControl)) errors.Add("name", "holds a control character, such as a line break; remove it");
        else return name;
        return null;
    }

    public static void CheckValidity(X509Certificate2 certificate, string path, DateTimeOffset now, SettingErrors errors)
    {
        var (from, to) = Validity(certificate);
        if (to <= now) errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"the certificate has expired, at {Text(to)}; have a new one signed"));
        if (from > now)
            errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"the certificate is not yet valid, only from {Text(from)}; wait, or check this machine's clock"));
    }

    /// <returns>The one certificate that trust can begin at; null when there is none, or several.</returns>
    public static X509Certificate2? FindRoot(CertificateFile file, string path, SettingErrors errors)
    {
        foreach (var certificate in file.Certificates)
        {
            if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static e => e.CertificateAuthority)) continue;
            errors.Add(path, $"'{certificate.Subject}' is not the certificate of an authority (basic constraints: CA)");
            return null;
        }

        X509Certificate2[] roots = [.. file.Certificates.Where(static c => c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData))];
        if (roots is [var root]) return root;
        errors.Add(path, roots.Length == 0
            ? "holds no self-signed certificate; add the root that the receiver's certificate chains to"
            : $"holds {roots.Length} self-signed certificates; import each by itself");
        return null;
    }

    /// <param name="file">What came along with it becomes the chain.</param>
    public static CertificateContent Content(X509Certificate2 certificate, CertificateFile file)
    {
        var (from, to) = Validity(certificate);
        var chain = file.Certificates.Where(c => !ReferenceEquals(c, certificate)).Select(static c => c.ExportCertificatePem());
        return new CertificateContent(
            certificate.ExportCertificatePem(), string.Join('\n', chain), PublicKey(certificate),
            Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)), certificate.Issuer, from, to);
    }

    public static string PublicKey(X509Certificate2 certificate) => PrivateKeys.Hash(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    private static (DateTimeOffset From, DateTimeOffset To) Validity(X509Certificate2 certificate) =>
        (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
