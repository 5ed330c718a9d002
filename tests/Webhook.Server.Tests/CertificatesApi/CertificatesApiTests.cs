using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Akka.Actor;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Server.Tests.IntegrationsApi;
using Webhook.Testing;

namespace Webhook.Server.Tests.CertificatesApi;

/// <summary>The certificate routes over real sockets, with a real journal: what is taken, and what becomes of it.</summary>
public sealed class CertificatesApiTests : OnApiServer
{
    private const string Prefix = "/secure/certman/v1";

    private readonly TestAuthority _authority = new("authority");

    protected override void Dispose(bool disposing)
    {
        _authority.Dispose();
        base.Dispose(disposing);
    }

    [Fact]
    public async Task A_CSR_has_the_key_and_the_subject_that_were_asked_for()
    {
        foreach (var (query, subject, bits) in (IEnumerable<(string, string, int)>)[
            ("", "CN=webhook-actors", 256), ("?keyType=EC_P256&subject=CN%3Dedge%2CO%3DExample%20Corp", "CN=edge, O=Example Corp", 256),
            ("?keyType=RSA_2048", "CN=webhook-actors", 2048), ("?keyType=RSA_3072", "CN=webhook-actors", 3072), ("?keyType=RSA_4096", "CN=webhook-actors", 4096)])
        {
            var csr = await _server.SendAsync("POST", $"{Prefix}/csr{query}");

            (csr.Status, csr.ContentType).ShouldBe((200, "text/plain"));
            csr.Headers["X-RateLimit-Limit"].ShouldBe("600");
            var request = CertificateRequest.LoadSigningRequestPem(csr.Body, HashAlgorithmName.SHA256);
            request.SubjectName.Name.ShouldBe(subject);
            AsymmetricAlgorithm key = bits == 256 ? request.PublicKey.GetECDsaPublicKey()! : request.PublicKey.GetRSAPublicKey()!;
            key.KeySize.ShouldBe(bits);
        }
    }

    [Fact]
    public async Task A_signed_certificate_is_shown_listed_and_deleted()
    {
        var pem = _authority.Sign(await CsrAsync());
        using var certificate = X509Certificate2.CreateFromPem(pem);

        var added = await _server.SendAsync("POST", $"{Prefix}/certificates", Form(("name", " edge "), ("certificateFileName", pem)));

        added.Status.ShouldBe(201, added.Body);
        added.Headers["Location"].ShouldBe($"{Prefix}/certificates/1");
        var created = (string)JsonNode.Parse(added.Body)!["created"]!;
        var shown = $$$"""{"id":1,"certificateName":"edge","created":"{{{created}}}","fingerprint":"{{{certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}}}","issuer":"CN=authority","usage":"CLIENT","validity":{"after":"{{{Text(certificate.NotBefore)}}}","before":"{{{Text(certificate.NotAfter)}}}"}}""";
        added.Body.ShouldBe(shown);
        (DateTimeOffset.Parse(created, CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow()).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(5));
        await ExpectAsync(200, shown, "GET", "/certificates/1");
        await ExpectAsync(200, $$"""{"data":[{{shown}}]}""", "GET", "/certificates");
        await ExpectAsync(200, """{"data":[]}""", "GET", "/certificates/1/services");
        await ExpectAsync(204, "", "DELETE", "/certificates/1");
        foreach (var (method, path) in (IEnumerable<(string, string)>)[("GET", ""), ("DELETE", ""), ("GET", "/services"), ("PUT", "")])
            await ExpectAsync(404, """{"type":"not_found","message":"There is no certificate with id 1.","details":[]}""", method, "/certificates/1" + path);
        await ExpectAsync(200, """{"data":[]}""", "GET", "/certificates");
    }

    [Fact]
    public async Task Its_own_certificate_is_found_by_its_key_wherever_it_stands_in_the_file()
    {
        using var intermediate = new TestAuthority("intermediate", _authority);
        var signed = intermediate.Sign(await CsrAsync("?keyType=RSA_2048"));

        var added = await AddAsync($"{_authority.Pem}\n{intermediate.Pem}\nsome words between\n{signed}");

        added.Status.ShouldBe(201, added.Body);
        ((string)JsonNode.Parse(added.Body)!["issuer"]!).ShouldBe("CN=intermediate");
        var material = await OpenAsync(1);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(material.ChainPem);
        chain.Select(c => c.Subject).ShouldBe(["CN=authority", "CN=intermediate"]);
    }

    [Fact]
    public async Task A_certificate_in_DER_is_taken_too()
    {
        using var certificate = X509Certificate2.CreateFromPem(_authority.Sign(await CsrAsync()));

        (await _server.SendAsync("POST", $"{Prefix}/certificates", Form(("name", "der"), ("certificateFileName", certificate.RawData)))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Each_CSR_has_a_key_of_its_own_and_a_key_serves_later_certificates_too()
    {
        var (first, second) = (await CsrAsync(), await CsrAsync());

        (await AddAsync(_authority.Sign(second))).Status.ShouldBe(201);
        (await AddAsync(_authority.Sign(first))).Status.ShouldBe(201);
        (await AddAsync(_authority.Sign(first))).Status.ShouldBe(201, "renewed by a certificate beside it");
        (await _server.GetAsync($"{Prefix}/certificates/3")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_certificate_with_its_key_is_imported_in_every_usual_form()
    {
        using var rsa = RSA.Create(2048);
        using var onCurve = _authority.IssueClient("import");
        using var withRsa = _authority.IssueClient("import", rsa);
        using var key = onCurve.GetECDsaPrivateKey()!;
        var (pem, pemWithRsa) = (onCurve.ExportCertificatePem(), withRsa.ExportCertificatePem());
        const string Password = "open sesame";
        (X509Certificate2 Certificate, (string, object)[] Parts)[] forms =
        [
            (onCurve, [("file", onCurve.Export(X509ContentType.Pkcs12, Password)), ("password", Password)]),
            (withRsa, [("file", withRsa.Export(X509ContentType.Pkcs12, Password)), ("password", Password)]),
            (onCurve, [("file", onCurve.Export(X509ContentType.Pkcs12))]),
            (onCurve, [("file", $"{key.ExportECPrivateKeyPem()}\n{pem}\n{_authority.Pem}")]),
            (onCurve, [("file", pem), ("key", key.ExportPkcs8PrivateKeyPem())]),
            (onCurve, [("file", pem), ("key", Encrypted(key, Password)), ("password", Password)]),
            (withRsa, [("file", pemWithRsa), ("key", rsa.ExportRSAPrivateKeyPem())]),
        ];
        for (var i = 0; i < forms.Length; i++)
        {
            var added = await _server.SendAsync("POST", $"{Prefix}/certificates/import", Form([("name", "n"), .. forms[i].Parts]));

            added.Status.ShouldBe(201, $"form {i}: {added.Body}");
            ((string)JsonNode.Parse(added.Body)!["fingerprint"]!).ShouldBe(forms[i].Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
            (await OpenAsync(i + 1)).Key.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task A_private_authority_has_usage_CA()
    {
        using var intermediate = new TestAuthority("intermediate", _authority);

        var added = await _server.SendAsync("POST", $"{Prefix}/certificates/ca", Form(("name", "ours"), ("file", $"{intermediate.Pem}\n{_authority.Pem}")));

        added.Status.ShouldBe(201, added.Body);
        ((string)JsonNode.Parse(added.Body)!["usage"]!, (string)JsonNode.Parse(added.Body)!["issuer"]!).ShouldBe(("CA", "CN=authority"));
        (await OpenAsync(1)).Key.ShouldBeNull();
    }

    [Fact]
    public async Task A_renewal_keeps_the_id_and_takes_the_same_key_or_a_new_CSRs()
    {
        var csr = await CsrAsync();
        await AddAsync(_authority.Sign(csr));

        var same = await _server.SendAsync("PUT", $"{Prefix}/certificates/1", Form(("certificateFileName", _authority.Sign(csr))));
        same.Status.ShouldBe(200, same.Body);
        ((string)JsonNode.Parse(same.Body)!["certificateName"]!).ShouldBe("n");
        var other = await _server.SendAsync("PUT", $"{Prefix}/certificates/1", Form(("name", "new name"), ("certificateFileName", _authority.Sign(await CsrAsync()))));
        other.Status.ShouldBe(200, other.Body);
        ((long)JsonNode.Parse(other.Body)!["id"]!, (string)JsonNode.Parse(other.Body)!["certificateName"]!).ShouldBe((1, "new name"));
        (await OpenAsync(1)).Version.ShouldBe(3);
    }

    [Fact]
    public async Task A_certificate_in_use_names_its_users_and_stays()
    {
        await AddAsync(_authority.Sign(await CsrAsync()));
        await _server.SendAsync("POST", $"{Prefix}/certificates/ca", Form(("name", "ours"), ("file", _authority.Pem)));
        (await CreateIntegrationAsync("edge", """ "auth":"CERTIFICATE","certificateId":1 """)).Status.ShouldBe(201);
        (await CreateIntegrationAsync("core", """ "auth":"CERTIFICATE","certificateId":1,"caCertificateId":2 """)).Body.ShouldContain(@"""certificateId"":1,""caCertificateId"":2,");

        await ExpectAsync(200, """{"data":[{"id":1,"name":"edge"},{"id":2,"name":"core"}]}""", "GET", "/certificates/1/services");
        await ExpectAsync(200, """{"data":[{"id":2,"name":"core"}]}""", "GET", "/certificates/2/services");
        await ExpectAsync(
            409, """{"type":"in_use","message":"Certificate 1 is used by integration 1 'edge', integration 2 'core'; give them another certificate, or delete them, first.","details":[]}""",
            "DELETE", "/certificates/1");

        await _server.SendAsync("DELETE", "/integrations/1");
        await _server.SendAsync("PUT", "/integrations/2", """{"type":"WEBHOOK","name":"core","connectionInfo":{"endpoint":"https://r/hook"}}""");
        await ExpectAsync(204, "", "DELETE", "/certificates/1");
        await ExpectAsync(204, "", "DELETE", "/certificates/2");
    }

    [Fact]
    public async Task An_integration_that_does_not_come_to_be_uses_nothing()
    {
        await AddAsync(_authority.Sign(await CsrAsync()));
        _server.Lanes.Report = LaneScript.Failure;

        (await CreateIntegrationAsync("edge", """ "auth":"CERTIFICATE","certificateId":1 """, ",\"isEnabled\":true")).Status.ShouldBe(409);

        await ExpectAsync(204, "", "DELETE", "/certificates/1");
    }

    [Fact]
    public async Task Users_that_are_gone_without_a_word_do_not_keep_a_certificate()
    {
        await AddAsync(_authority.Sign(await CsrAsync()));
        await _server.Certificates.Ask<CertificateUse.Claimed>(new CertificateUse.Claim(new IntegrationId(77), [1]), TimeSpan.FromSeconds(20));

        await ExpectAsync(204, "", "DELETE", "/certificates/1");
    }

    [Fact]
    public async Task Deleting_and_beginning_to_use_at_the_same_time_have_one_winner()
    {
        for (var round = 1; round <= 10; round++)
        {
            (await AddAsync(_authority.Sign(await CsrAsync()))).Status.ShouldBe(201);

            var creating = CreateIntegrationAsync($"race {round}", $$""" "auth":"CERTIFICATE","certificateId":{{round}} """);
            var deleting = _server.SendAsync("DELETE", $"{Prefix}/certificates/{round}");
            var (created, deleted) = (await creating, await deleting);

            (created.Status, deleted.Status).ShouldBeOneOf((201, 409), (400, 204), (409, 204));
        }
    }

    [Fact]
    public async Task An_integration_cannot_be_set_to_a_certificate_that_does_not_fit()
    {
        await _server.SendAsync("POST", $"{Prefix}/certificates/ca", Form(("name", "ours"), ("file", _authority.Pem)));

        (await CreateIntegrationAsync("edge", """ "auth":"CERTIFICATE","certificateId":1,"caCertificateId":5 """)).Body.ShouldBe(
            """{"type":"invalid_integration","message":"The integration has 2 errors; see details.","details":["connectionInfo.certificateId: certificate 1 has usage CA; one with usage CLIENT is needed","connectionInfo.caCertificateId: there is no certificate with id 5"]}""");
    }

    [Fact]
    public async Task A_restart_keeps_everything_and_no_key_is_readable_on_disk()
    {
        using var imported = _authority.IssueClient("import");
        using var key = imported.GetECDsaPrivateKey()!;
        var pfx = imported.Export(X509ContentType.Pkcs12, "secret-password");
        await _server.SendAsync("POST", $"{Prefix}/certificates/import", Form(("name", "pfx"), ("file", pfx), ("password", "secret-password")));
        var waiting = await CsrAsync();
        await AddAsync(_authority.Sign(await CsrAsync()));
        await CreateIntegrationAsync("edge", """ "auth":"CERTIFICATE","certificateId":1 """);
        var before = (await _server.GetAsync($"{Prefix}/certificates")).Body;
        var log = _server.Log;

        await _server.DisposeAsync();
        var pkcs8 = key.ExportPkcs8PrivateKey();
        var scalar = key.ExportParameters(includePrivateParameters: true).D!;
        string[] secrets =
        [
            "PRIVATE KEY", "secret-password", Latin(scalar), Convert.ToHexString(scalar), Convert.ToHexStringLower(scalar), Convert.ToBase64String(pkcs8), Latin(pkcs8),
            Latin(pfx[..64]), Convert.ToBase64String(pfx)[..64],
        ];
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllTextAsync(file, Encoding.Latin1);
            foreach (var secret in secrets) bytes.Contains(secret, StringComparison.Ordinal).ShouldBeFalse(file);
        }

        foreach (var secret in secrets) (log + before).ShouldNotContain(secret, Case.Sensitive);
        var journal = await Task.WhenAll(Directory.EnumerateFiles(_folder.Path, "journal.db*").Select(file => File.ReadAllTextAsync(file, Encoding.Latin1)));
        string.Concat(journal).Contains("BEGIN CERTIFICATE", StringComparison.Ordinal).ShouldBeTrue("what is searched does hold the certificates");

        _server = await ApiServer.StartAsync(_folder);
        await ExpectAsync(200, before, "GET", "/certificates");
        await ExpectAsync(200, """{"data":[{"id":1,"name":"edge"}]}""", "GET", "/certificates/1/services");
        (await AddAsync(_authority.Sign(waiting))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Callers_without_a_token_or_with_another_role_learn_nothing()
    {
        await AddAsync(_authority.Sign(await CsrAsync()));
        foreach (var (method, path) in (IEnumerable<(string, string)>)[
            ("POST", "/csr"), ("POST", "/certificates"), ("POST", "/certificates/import"), ("POST", "/certificates/ca"), ("GET", "/certificates"),
            ("GET", "/certificates/1"), ("GET", "/certificates/99"), ("GET", "/certificates/1/services"), ("PUT", "/certificates/1"), ("DELETE", "/certificates/1"), ("GET", "/x")])
        {
            var nobody = await _server.SendAsync(method, Prefix + path, token: null);
            (nobody.Status, nobody.Headers["X-RateLimit-Limit"], nobody.ContentType).ShouldBe((401, "600", "application/json"));
            (await _server.SendAsync(method, Prefix + path, token: ApiServer.IngestKey)).Status.ShouldBe(403);
        }

        await ExpectAsync(404, $$"""{"type":"not_found","message":"There is nothing at PATCH {{Prefix}}/certificates/1.","details":[]}""", "PATCH", "/certificates/1");
    }

    internal static MultipartFormDataContent Form(params (string Name, object Content)[] parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, content) in parts)
        {
            var bytes = content as byte[] ?? Encoding.UTF8.GetBytes((string)content);
            if (name is "name" or "password") form.Add(new ByteArrayContent(bytes), name);
            else form.Add(new ByteArrayContent(bytes), name, "file");
        }

        return form;
    }

    private static string Encrypted(ECDsa key, string password) =>
        key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    private static string Text(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private async Task<string> CsrAsync(string query = "") => (await _server.SendAsync("POST", $"{Prefix}/csr{query}")).Body;

    private Task<ApiServer.Answer> AddAsync(string pem) => _server.SendAsync("POST", $"{Prefix}/certificates", Form(("name", "n"), ("certificateFileName", pem)));

    private Task<ApiServer.Answer> CreateIntegrationAsync(string name, string connection, string rest = "") => _server.SendAsync(
        "POST", "/integrations", $$$"""{"type":"WEBHOOK","name":"{{{name}}}","connectionInfo":{"endpoint":"https://r/hook",{{{connection}}}}{{{rest}}}}""");

    private async Task<Webhook.Actors.Sending.CertificateMaterial> OpenAsync(long id) =>
        (await _server.Certificates.Ask<CertificateProtocol.Opened>(new CertificateProtocol.Open(id, 0), TimeSpan.FromSeconds(20))).Material;

    private async Task ExpectAsync(int status, string body, string method, string path)
    {
        var answer = await _server.SendAsync(method, Prefix + path);
        (answer.Status, answer.Body).ShouldBe((status, body));
    }
}
