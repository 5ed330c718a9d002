using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>The certificates of an integration's connections: what we show a receiver, and what the receiver's own must chain to. The key is in the clear as long as this lives, and no longer.</summary>
internal sealed class EndpointTls : IDisposable
{
    private readonly CertificateMaterial? _client;
    private readonly CertificateMaterial? _authority;
    private readonly List<X509Certificate2> _owned = [];
    private readonly SslStreamCertificateContext? _shown;
    private readonly X509ChainPolicy? _trusted;

    // Connections whose receiver asked for a certificate that we do not have.
    private readonly ConditionalWeakTable<object, object> _askedFor = [];

    /// <exception cref="CredentialsException">A certificate or its key cannot be read.</exception>
    public EndpointTls(CertificateMaterial? client, CertificateMaterial? authority, ISecretProtector protector)
    {
        (_client, _authority) = (client, authority);
        try
        {
            if (client is not null) _shown = OpenClient(client, protector);
            if (authority is not null) _trusted = OpenAuthority(authority);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            Dispose();
            throw new CredentialsException($"Certificate {(_shown is null ? client ?? authority : authority)!.Id} or its key cannot be read; upload it again.", e);
        }
    }

    /// <summary>false: one of these is a renewal, and connections with it take over.</summary>
    public bool IsUpToDate(CertificateMaterial? client, CertificateMaterial? authority) =>
        !(client?.Version > _client?.Version) && !(authority?.Version > _authority?.Version);

    public void ApplyTo(SslClientAuthenticationOptions options)
    {
        options.ClientCertificateContext = _shown;
        if (_shown is null) options.LocalCertificateSelectionCallback = NoteThatOneIsAskedFor;
        // The host name is verified all the same.
        options.CertificateChainPolicy = _trusted;
    }

    /// <param name="connection">After the handshake.</param>
    public Stream Watch(Stream connection) =>
        connection is SslStream tls && (tls.IsMutuallyAuthenticated || _askedFor.TryGetValue(tls, out _)) ? new ClientCertificateStream(tls) : connection;

    public void Dispose()
    {
        foreach (var certificate in _owned) certificate.Dispose();
    }

    // Called before the handshake too, when nothing is known of the receiver yet.
    private X509Certificate NoteThatOneIsAskedFor(
        object connection, string host, X509CertificateCollection own, X509Certificate? receiver, string[] authorities)
    {
        if (receiver is not null) _askedFor.TryAdd(connection, connection);
        return null!;
    }

    private SslStreamCertificateContext OpenClient(CertificateMaterial material, ISecretProtector protector)
    {
        // Stays in memory: nothing is written to a key store.
        var certificate = Own(X509Certificate2.CreateFromPem(material.Pem, protector.Unprotect(material.Key!)));
        return SslStreamCertificateContext.Create(certificate, OpenChain(material), offline: true);
    }

    private X509ChainPolicy OpenAuthority(CertificateMaterial material)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private authority rarely answers to the outside, and nothing but the receiver may be connected to.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(Own(X509Certificate2.CreateFromPem(material.Pem)));
        policy.ExtraStore.AddRange(OpenChain(material));
        return policy;
    }

    private X509Certificate2Collection OpenChain(CertificateMaterial material)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(material.ChainPem);
        _owned.AddRange(chain);
        return chain;
    }

    private X509Certificate2 Own(X509Certificate2 certificate)
    {
        _owned.Add(certificate);
        return certificate;
    }
}
