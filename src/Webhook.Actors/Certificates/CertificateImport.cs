using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>A certificate and its key as a user brought them along: PFX, or PEM with the key in the file or beside it.</summary>
/// <param name="File">All certificates that came, <paramref name="Certificate"/> among them.</param>
internal sealed record CertificateImport(CertificateFile File, X509Certificate2 Certificate, PrivateKey Key)
{
    private const string FilePart = CertificateDirectory.ImportPart;
    private const string KeyPart = "key";
    private const string PasswordPart = "password";

    /// <returns>null when there is an error.</returns>
    public static CertificateImport? Read(CertificateUpload upload, SettingErrors errors)
    {
        if (upload.File is not { } bytes)
        {
            if (!errors.Has(FilePart)) errors.Add(FilePart, "is missing; a PFX file, or a certificate in PEM, is needed");
            return null;
        }

        return CertificateFile.IsPem(bytes) ? ReadPem(upload, bytes, errors) : ReadPfx(upload, bytes, errors);
    }

    private static CertificateImport? ReadPem(CertificateUpload upload, byte[] bytes, SettingErrors errors)
    {
        if (CertificateFile.Read(bytes, FilePart, mayHoldKey: true, errors) is not { } file) return null;
        var part = upload.Key is null ? FilePart : KeyPart;
        var pem = upload.Key is { } given ? Encoding.Latin1.GetString(given) : file.KeyPem;
        if (pem is null) errors.Add(KeyPart, "is missing; the file holds no private key");
        else if (upload.Key is not null && file.KeyPem is not null) errors.Add(KeyPart, "is given, and the file holds a private key too; leave one of them out");
        else if (PrivateKeys.Read(pem, upload.Password?.Reveal()) is var (key, error) && error is not null) errors.Add(part, "the private key " + error);
        else if (file.Certificates.FirstOrDefault(c => CertificateChecks.PublicKey(c) == key!.PublicKey) is { } certificate)
            return new CertificateImport(file, certificate, key!);
        else errors.Add(part, "the private key does not match the certificate");
        file.Dispose();
        return null;
    }

    private static CertificateImport? ReadPfx(CertificateUpload upload, byte[] bytes, SettingErrors errors)
    {
        if (upload.Key is not null)
        {
            errors.Add(KeyPart, "goes with a certificate in PEM only; a PFX file holds its key");
            return null;
        }

        if (OpenPfx(bytes, upload.Password?.Reveal(), errors) is not { } certificates) return null;
        var file = new CertificateFile([.. certificates], null);
        X509Certificate2[] own = [.. certificates.Where(static c => c.HasPrivateKey)];
        if (certificates.Count > CertificateFile.MaxCertificates)
            errors.Add(FilePart, $"holds more than {CertificateFile.MaxCertificates} certificates; leave out what the receiver does not need");
        else if (own.Length != 1) errors.Add(FilePart, $"holds {own.Length} certificates with a private key; one is needed");
        else if (PrivateKeys.Of(own[0]) is var (key, error) && error is not null) errors.Add(FilePart, error);
        else return new CertificateImport(file, own[0], key!);
        file.Dispose();
        return null;
    }

    private static X509Certificate2Collection? OpenPfx(byte[] bytes, string? password, SettingErrors errors)
    {
        try
        {
            // Ephemeral: nothing of the key is written anywhere. The loader's limits bound what a hostile file may cost.
            return X509CertificateLoader.LoadPkcs12Collection(bytes, password, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
        }
        catch (CryptographicException)
        {
            if (IsPfx(bytes))
                errors.Add(PasswordPart, password is null ? "is missing, or the PFX file is damaged: it does not open without one" : "does not open the PFX file, or the file is damaged");
            else errors.Add(FilePart, "is neither a PFX file nor PEM");
            return null;
        }
    }

    private static bool IsPfx(byte[] bytes)
    {
        try
        {
            return X509Certificate2.GetCertContentType(bytes) == X509ContentType.Pkcs12;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
