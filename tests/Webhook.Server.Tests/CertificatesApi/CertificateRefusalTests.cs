using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Webhook.Server.Tests.IntegrationsApi;
using Webhook.Testing;

namespace Webhook.Server.Tests.CertificatesApi;

/// <summary>Everything that is refused, with the full text of its answer.</summary>
public sealed class CertificateRefusalTests : OnApiServer
{
    private const string Prefix = "/secure/certman/v1";

    private const string NoKey = "certificateFileName: the certificate does not match any key here: neither one that waits for its certificate nor one of a certificate that is here; sign a CSR of POST /secure/certman/v1/csr, or import certificate and key together";

    private readonly TestAuthority _authority = new("authority");

    protected override void Dispose(bool disposing)
    {
        _authority.Dispose();
        base.Dispose(disposing);
    }

    [Fact]
    public async Task A_CSR_that_cannot_be_made_says_why()
    {
        await RefusedAsync("/csr?keyType=EC_P384", null, "keyType: 'EC_P384' is not known; one of EC_P256, RSA_2048, RSA_3072, RSA_4096");
        foreach (var (query, subject) in (IEnumerable<(string, string)>)[("webhook", "webhook"), ("", ""), ("CN%3Da%0Ab", "CN=a\\nb"), ("NOPE%3Da", "NOPE=a")])
            await RefusedAsync($"/csr?subject={query}", null, $"subject: '{subject}' is not a distinguished name; write it like CN=webhook.example.org,O=Example");
        await RefusedAsync(
            $"/csr?subject=CN%3D{new string('a', 1022)}&keyType=x", null,
            "keyType: 'x' is not known; one of EC_P256, RSA_2048, RSA_3072, RSA_4096", "subject: has 1025 characters; at most 1024");
    }

    [Fact]
    public async Task What_is_no_certificate_is_refused()
    {
        await AddRefusedAsync("words", "certificateFileName: is no certificate; PEM (one or more 'BEGIN CERTIFICATE' blocks) or DER is needed");
        await AddRefusedAsync("", "certificateFileName: is no certificate; PEM (one or more 'BEGIN CERTIFICATE' blocks) or DER is needed");
        await AddRefusedAsync(Block("CERTIFICATE", "words"), "certificateFileName: holds a 'BEGIN CERTIFICATE' block that is no certificate: block 1");
        await AddRefusedAsync("-----BEGIN CERTIFICATE-----\nAAAA", "certificateFileName: holds a damaged PEM block: block 1");
        await AddRefusedAsync(Block("PUBLIC KEY", "words"), "certificateFileName: holds a 'PUBLIC KEY' block that cannot be used here: block 1");
        await AddRefusedAsync(Block("EC PARAMETERS", "words"), "certificateFileName: holds no certificate; at least one 'BEGIN CERTIFICATE' block is needed");
        await AddRefusedAsync(
            Block("PRIVATE KEY", "words"), "certificateFileName: holds a private key; remove it: the key of this certificate is here already, and none should travel");
        await AddRefusedAsync(
            string.Concat(Enumerable.Repeat(_authority.Pem + "\n", 11)), "certificateFileName: holds more than 10 certificates; leave out what the receiver does not need");
    }

    [Fact]
    public async Task A_certificate_without_its_key_or_out_of_its_time_is_refused_and_all_of_it_is_said()
    {
        using var foreign = _authority.IssueClient("foreign");
        await AddRefusedAsync(foreign.ExportCertificatePem(), NoKey);
        using var old = _authority.IssueClient("old", lifetime: TimeSpan.FromHours(-1));
        await AddRefusedAsync(old.ExportCertificatePem(), NoKey, $"certificateFileName: the certificate has expired, at {Time(old.NotAfter)}; have a new one signed");

        var csr = (await _server.SendAsync("POST", $"{Prefix}/csr")).Body;
        using var expired = X509Certificate2.CreateFromPem(_authority.Sign(csr, lifetime: TimeSpan.FromHours(-1)));
        await AddRefusedAsync(expired.ExportCertificatePem(), $"certificateFileName: the certificate has expired, at {Time(expired.NotAfter)}; have a new one signed");
        using var early = X509Certificate2.CreateFromPem(_authority.Sign(csr, startsIn: TimeSpan.FromHours(2)));
        await AddRefusedAsync(
            early.ExportCertificatePem(), $"certificateFileName: the certificate is not yet valid, only from {Time(early.NotBefore)}; wait, or check this machine's clock");
    }

    [Fact]
    public async Task A_body_that_is_no_proper_form_is_refused()
    {
        await RefusedAsync("/certificates", new StringContent("{}", Encoding.UTF8, "application/json"),
            "the body must be multipart/form-data with the parts name, certificateFileName; it is application/json; charset=utf-8");
        await RefusedAsync("/certificates/import", null, "the body must be multipart/form-data with the parts name, file, key, password; it is of no type");
        await RefusedAsync("/certificates", Raw("--b--\r\n"), "name: is missing; 1 to 255 characters", "certificateFileName: is missing; the file with the certificate is needed");
        await RefusedAsync("/certificates", Form(("file", "x")), "file: unknown part; known here: name, certificateFileName");
        await RefusedAsync("/certificates/ca", Form(("name", "a"), ("name", "b")), "name: is given twice; give it once");
        await RefusedAsync("/certificates/ca", Form(("name", new byte[] { 0xff })), "name: is not UTF-8", "name: is missing; 1 to 255 characters", "file: is missing; the file with the certificate is needed");
        await RefusedAsync("/certificates/ca", Form(("name", " "), ("file", _authority.Pem)), "name: has 0 characters without the white space around it; 1 to 255 are allowed");
        await RefusedAsync("/certificates/ca", Form(("name", "a\nb"), ("file", _authority.Pem)), "name: holds a control character, such as a line break; remove it");
        await RefusedAsync("/certificates", Form(), "unknown part; known here: name, certificateFileName");
        await RefusedAsync("/certificates/ca", Raw("--b\r\nContent-Disposition: form-data; name=name\r\n\r\nn"),
            "the body is no complete multipart/form-data: it ends in the middle of a part, or a part's headers cannot be read");
    }

    [Fact]
    public async Task A_part_beyond_its_limit_is_413()
    {
        foreach (var (path, part, limit) in (IEnumerable<(string, string, int)>)[
            ("/certificates", "certificateFileName", 65_536), ("/certificates/import", "file", 65_536), ("/certificates/import", "key", 65_536),
            ("/certificates/import", "password", 4_096), ("/certificates/ca", "file", 65_536), ("/certificates/ca", "name", 4_096)])
        {
            var answer = await _server.SendAsync("POST", Prefix + path, Form((part, new string('x', limit + 1))));

            (answer.Status, answer.Body).ShouldBe((413, $$"""{"type":"file_too_large","message":"The part '{{part}}' has more than {{limit}} bytes.","details":[]}"""));
            (await _server.SendAsync("POST", Prefix + path, Form((part, new string('x', limit))))).Status.ShouldBe(400);
        }
    }

    [Fact]
    public async Task An_import_that_does_not_fit_together_is_refused()
    {
        using var certificate = _authority.IssueClient("import");
        using var key = certificate.GetECDsaPrivateKey()!;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        using var keyless = X509Certificate2.CreateFromPem(_authority.Pem);
        var (pem, keyPem) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        var pfx = certificate.Export(X509ContentType.Pkcs12, "right");
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("right", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        await ImportRefusedAsync("file: is missing; a PFX file, or a certificate in PEM, is needed");
        await ImportRefusedAsync("file: is neither a PFX file nor PEM", ("file", "words"));
        await ImportRefusedAsync("password: is missing, or the PFX file is damaged: it does not open without one", ("file", pfx));
        await ImportRefusedAsync("password: does not open the PFX file, or the file is damaged", ("file", pfx), ("password", "wrong"));
        await ImportRefusedAsync("key: goes with a certificate in PEM only; a PFX file holds its key", ("file", pfx), ("password", "right"), ("key", keyPem));
        await ImportRefusedAsync("file: holds 0 certificates with a private key; one is needed", ("file", keyless.Export(X509ContentType.Pkcs12)));
        await ImportRefusedAsync("key: is missing; the file holds no private key", ("file", pem));
        await ImportRefusedAsync("key: is given, and the file holds a private key too; leave one of them out", ("file", pem + "\n" + keyPem), ("key", keyPem));
        await ImportRefusedAsync("file: holds a 'PRIVATE KEY' block that cannot be used here: block 3", ("file", $"{pem}\n{keyPem}\n{keyPem}"));
        await ImportRefusedAsync("key: the private key does not match the certificate", ("file", pem), ("key", other.ExportPkcs8PrivateKeyPem()));
        await ImportRefusedAsync("file: the private key does not match the certificate", ("file", pem + "\n" + other.ExportPkcs8PrivateKeyPem()));
        await ImportRefusedAsync("key: the private key is encrypted; give its password", ("file", pem), ("key", encrypted));
        await ImportRefusedAsync(
            "key: the private key cannot be opened; check the password (keys on elliptic curves and RSA keys are supported)",
            ("file", pem), ("key", encrypted), ("password", "wrong"));
        await ImportRefusedAsync(
            "key: the private key cannot be read; an unencrypted or PKCS#8-encrypted key on an elliptic curve, or an RSA key, is needed", ("file", pem), ("key", "words"));
        await ImportRefusedAsync("key: the private key is an RSA key of 1024 bits; at least 2048 are needed", ("file", pem), ("key", weak.ExportPkcs8PrivateKeyPem()));
        await ImportRefusedAsync(
            "key: the private key is encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8 -in key.pem -out new-key.pem",
            ("file", pem), ("key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----"), ("password", "right"));
        using var expired = _authority.IssueClient("expired", lifetime: TimeSpan.FromHours(-1));
        await ImportRefusedAsync(
            $"file: the certificate has expired, at {Time(expired.NotAfter)}; have a new one signed", ("file", expired.Export(X509ContentType.Pkcs12)));
    }

    [Fact]
    public async Task An_authority_that_trust_cannot_begin_at_is_refused()
    {
        using var intermediate = new TestAuthority("intermediate", _authority);
        using var second = new TestAuthority("second");
        using var client = _authority.IssueClient("client");

        await AuthorityRefusedAsync(client.ExportCertificatePem(), "file: 'CN=client' is not the certificate of an authority (basic constraints: CA)");
        await AuthorityRefusedAsync(intermediate.Pem, "file: holds no self-signed certificate; add the root that the receiver's certificate chains to");
        await AuthorityRefusedAsync($"{_authority.Pem}\n{second.Pem}", "file: holds 2 self-signed certificates; import each by itself");
        await AuthorityRefusedAsync("words", "file: is no certificate; PEM (one or more 'BEGIN CERTIFICATE' blocks) or DER is needed");
    }

    [Fact]
    public async Task A_renewal_by_something_else_is_refused()
    {
        const string NotItsKey = "certificateFileName: the certificate does not match the key of the one it renews, nor a key that waits for its certificate; sign a CSR of POST /secure/certman/v1/csr, or add it as a new certificate";
        var csr = (await _server.SendAsync("POST", $"{Prefix}/csr")).Body;
        var other = (await _server.SendAsync("POST", $"{Prefix}/csr")).Body;
        foreach (var request in (string[])[csr, other])
            (await _server.SendAsync("POST", $"{Prefix}/certificates", Form(("name", "n"), ("certificateFileName", _authority.Sign(request))))).Status.ShouldBe(201);
        (await _server.SendAsync("POST", $"{Prefix}/certificates/ca", Form(("name", "ca"), ("file", _authority.Pem)))).Status.ShouldBe(201);
        using var client = _authority.IssueClient("client");

        await RenewRefusedAsync(1, client.ExportCertificatePem(), NotItsKey);
        await RenewRefusedAsync(1, _authority.Sign(other), NotItsKey);
        await RenewRefusedAsync(1, _authority.Pem, NotItsKey);
        await RenewRefusedAsync(3, _authority.Sign(csr), "certificateFileName: 'CN=webhook-actors' is not the certificate of an authority (basic constraints: CA)");
        (await _server.SendAsync("PUT", $"{Prefix}/certificates/1", Form(("name", "x")))).Body.ShouldBe(Refusal("certificateFileName: is missing; the file with the certificate is needed"));
    }

    private static MultipartFormDataContent Form(params (string Name, object Content)[] parts) => CertificatesApiTests.Form(parts);

    private static ByteArrayContent Raw(string body)
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return content;
    }

    private static string Block(string label, string text) => PemEncoding.WriteString(label, Encoding.ASCII.GetBytes(text));

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static string Refusal(params string[] errors) =>
        $$"""{"type":"invalid_certificate","message":"The request has {{errors.Length}} error{{(errors.Length == 1 ? "" : "s")}}; see details.","details":[{{string.Join(',', errors.Select(e => $"\"{e}\""))}}]}""";

    private Task AddRefusedAsync(string file, params string[] errors) => RefusedAsync("/certificates", Form(("name", "n"), ("certificateFileName", file)), errors);

    private Task AuthorityRefusedAsync(string file, string error) => RefusedAsync("/certificates/ca", Form(("name", "n"), ("file", file)), error);

    private Task ImportRefusedAsync(string error, params (string Name, object Content)[] parts) => RefusedAsync("/certificates/import", Form([("name", "n"), .. parts]), error);

    private async Task RefusedAsync(string path, HttpContent? content, params string[] errors)
    {
        var answer = await _server.SendAsync("POST", Prefix + path, content);
        (answer.Status, answer.Body).ShouldBe((400, Refusal(errors)));
    }

    private async Task RenewRefusedAsync(long id, string file, string error)
    {
        var answer = await _server.SendAsync("PUT", $"{Prefix}/certificates/{id}", Form(("certificateFileName", file)));
        (answer.Status, answer.Body).ShouldBe((400, Refusal(error)));
    }
}
