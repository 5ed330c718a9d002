using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Webhook.Server.Receiving;

/// <summary>A receiver's certificate and, where it asks for them, the authorities of its clients' certificates.</summary>
/// <param name="certificate">With its key.</param>
/// <param name="chain">What came behind it in its file: sent along in the handshake.</param>
/// <param name="clientAuthorities">null: nobody is asked for a certificate.</param>
internal sealed class ReceiverTls(X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection? clientAuthorities) : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <param name="certificateFile">PEM, the certificate first, those between it and the root behind it.</param>
    /// <param name="keyFile">PEM, not encrypted; null: the key is in <paramref name="certificateFile"/>.</param>
    /// <param name="clientCaFile">PEM, one or several roots.</param>
    /// <exception cref="InvalidDataException">A file does not hold what it should; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ReceiverTls Load(string certificateFile, string? keyFile, string? clientCaFile)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return new ReceiverTls(certificate, [.. Pem(certificateFile).Skip(1)], clientCaFile is null ? null : Authorities(clientCaFile));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{certificateFile}: it and {keyFile ?? "the key in it"} are not a certificate and its key in PEM: {e.Message}", e);
        }
    }

    public void ApplyTo(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = certificate;
        https.ServerCertificateChain = chain;
        if (clientAuthorities is null) return;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (shown, handshake, _) => IsTrusted(shown, handshake);
    }

    public void Dispose()
    {
        certificate.Dispose();
        foreach (var one in chain.Concat(clientAuthorities ?? [])) one.Dispose();
    }

    private bool IsTrusted(X509Certificate2 shown, X509Chain? handshake)
    {
        using var check = new X509Chain();
        check.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        check.ChainPolicy.CustomTrustStore.AddRange(clientAuthorities!);
        check.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        check.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        // Intermediates that the client sent along.
        if (handshake is not null) check.ChainPolicy.ExtraStore.AddRange(handshake.ChainPolicy.ExtraStore);
        return check.Build(shown);
    }

    private static X509Certificate2Collection Authorities(string file)
    {
        var found = Pem(file);
        return found.Count > 0 ? found : throw new InvalidDataException($"{file} holds no certificate in PEM (BEGIN CERTIFICATE).");
    }

    private static X509Certificate2Collection Pem(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return found;
    }
}
