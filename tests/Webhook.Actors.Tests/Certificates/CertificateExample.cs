using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Actors.Tests.Integrations;

namespace Webhook.Actors.Tests.Certificates;

/// <summary>Contents to test with; the certificates' state does not look into them.</summary>
internal static class CertificateExample
{
    public static readonly StoredSecret Key = new("encrypted");

    public static CertificateContent Content(string publicKey = "key-1", TimeSpan? lifetime = null) => new(
        "pem", "chain", publicKey, "fingerprint", "CN=issuer", Example.Now.AddDays(-1), Example.Now + (lifetime ?? TimeSpan.FromDays(300)));

    public static CertificateProtocol.Add AddClient(string name = "client", string publicKey = "key-1", TimeSpan? lifetime = null) =>
        new(name, CertificateUsage.Client, Content(publicKey, lifetime), Key);

    public static CertificateProtocol.Add AddCa(string name = "ca", TimeSpan? lifetime = null) =>
        new(name, CertificateUsage.Ca, Content("ca-key", lifetime), null);
}
