using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Webhook.Testing;

/// <summary>A private authority of the test's own: a root, or an intermediate below another.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <param name="name">Also its subject: CN=name.</param>
    /// <param name="above">null: a root.</param>
    public TestAuthority(string name, TestAuthority? above = null)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        if (above is null)
        {
            Certificate = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(400));
            return;
        }

        using var signed = request.Create(above.Certificate, now.AddDays(-1), now.AddDays(390), RandomNumberGenerator.GetBytes(8));
        Certificate = signed.CopyWithPrivateKey(_key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>Signs a request as an operator's own authority would, for so long from now on.</summary>
    public string Sign(string csrPem, TimeSpan? lifetime = null, TimeSpan? startsIn = null)
    {
        var request = CertificateRequest.LoadSigningRequestPem(csrPem, HashAlgorithmName.SHA256, signerSignaturePadding: RSASignaturePadding.Pkcs1);
        using var signed = Sign(request, ClientAuthentication, lifetime, startsIn);
        return signed.ExportCertificatePem();
    }

    /// <summary>A client certificate with a key of its own.</summary>
    public X509Certificate2 IssueClient(string name, AsymmetricAlgorithm? key = null, TimeSpan? lifetime = null)
    {
        key ??= ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);
        using var signed = Sign(request, ClientAuthentication, lifetime, null);
        return key is RSA own ? signed.CopyWithPrivateKey(own) : signed.CopyWithPrivateKey((ECDsa)key);
    }

    /// <summary>A receiver's certificate, for <paramref name="host"/> and, unless told otherwise, for loopback.</summary>
    public X509Certificate2 IssueServer(string host = "localhost", bool forLoopback = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (forLoopback) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = Sign(request, ServerAuthentication, null, null);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Has a receiver demand a client certificate that chains to this root, intermediates taken from the handshake only; <paramref name="shown"/> is told of each that passes.</summary>
    public void DemandClientCertificate(ListenOptions listen, X509Certificate2 server, Action<X509Certificate2>? shown = null) => listen.UseHttps(https =>
    {
        https.ServerCertificate = server;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, chain, _) =>
        {
            using var check = new X509Chain();
            check.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            check.ChainPolicy.CustomTrustStore.Add(Certificate);
            check.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            check.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
            check.ChainPolicy.ExtraStore.AddRange(chain!.ChainPolicy.ExtraStore);
            if (!check.Build(certificate)) return false;
            shown?.Invoke(certificate);
            return true;
        };
    });

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Sign(CertificateRequest request, string usage, TimeSpan? lifetime, TimeSpan? startsIn)
    {
        var now = TimeProvider.System.GetUtcNow();
        var from = now + (startsIn ?? TimeSpan.FromDays(-1));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), from, now + (lifetime ?? TimeSpan.FromDays(300)), RandomNumberGenerator.GetBytes(8));
    }
}
