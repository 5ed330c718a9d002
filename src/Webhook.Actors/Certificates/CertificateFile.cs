using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>What was read out of an uploaded file.</summary>
/// <param name="Certificates">In the order of the file.</param>
/// <param name="KeyPem">The private key that was among them; null: none.</param>
internal sealed record CertificateFile(IReadOnlyList<X509Certificate2> Certificates, string? KeyPem) : IDisposable
{
    /// <summary>Of one file.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The certificate itself and its chain.</summary>
    public const int MaxCertificates = 10;

    private const string PemMark = "-----BEGIN ";

    /// <summary>Reads PEM (any number of blocks) or one certificate in DER.</summary>
    /// <param name="path">The part of the request, for the errors.</param>
    /// <param name="mayHoldKey">false: a private key among them is an error.</param>
    /// <returns>null when there is an error.</returns>
    public static CertificateFile? Read(ReadOnlySpan<byte> file, string path, bool mayHoldKey, SettingErrors errors)
    {
        if (IsPem(file)) return ReadPem(Encoding.Latin1.GetString(file), path, mayHoldKey, errors);
        try
        {
            return new CertificateFile([X509CertificateLoader.LoadCertificate(file)], null);
        }
        catch (CryptographicException)
        {
            errors.Add(path, "is no certificate; PEM (one or more 'BEGIN CERTIFICATE' blocks) or DER is needed");
            return null;
        }
    }

    public static bool IsPem(ReadOnlySpan<byte> file) => file.IndexOf("-----BEGIN "u8) >= 0;

    public void Dispose()
    {
        foreach (var certificate in Certificates) certificate.Dispose();
    }

    private static CertificateFile? ReadPem(string text, string path, bool mayHoldKey, SettingErrors errors)
    {
        var found = new CertificateFile(new List<X509Certificate2>(), null);
        var error = ReadBlocks(text, ref found);
        error ??= found switch
        {
            { KeyPem: not null } when !mayHoldKey => "holds a private key; remove it: the key of this certificate is here already, and none should travel",
            { Certificates: [] } => "holds no certificate; at least one 'BEGIN CERTIFICATE' block is needed",
            _ => null,
        };
        if (error is null) return found;
        errors.Add(path, error);
        found.Dispose();
        return null;
    }

    private static string? ReadBlocks(string text, ref CertificateFile found)
    {
        var certificates = (List<X509Certificate2>)found.Certificates;
        var rest = text.AsSpan();
        var blocks = 0;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            blocks++;
            switch (label)
            {
                case "CERTIFICATE" when certificates.Count == MaxCertificates:
                    return $"holds more than {MaxCertificates} certificates; leave out what the receiver does not need";
                case "CERTIFICATE":
                    try
                    {
                        certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
                    }
                    catch (CryptographicException)
                    {
                        return $"holds a 'BEGIN CERTIFICATE' block that is no certificate: block {blocks}";
                    }

                    break;
                case "PRIVATE KEY" or "EC PRIVATE KEY" or "RSA PRIVATE KEY" or "ENCRYPTED PRIVATE KEY" when found.KeyPem is null:
                    found = found with { KeyPem = rest[fields.Location].ToString() };
                    break;
                case "EC PARAMETERS":
                    // OpenSSL writes them before a key, which holds them too.
                    break;
                default:
                    return $"holds a '{label}' block that cannot be used here: block {blocks}";
            }

            rest = rest[fields.Location.End..];
        }

        return rest.Contains(PemMark, StringComparison.Ordinal) ? $"holds a damaged PEM block: block {blocks + 1}" : null;
    }
}
