using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhook.Testing;

namespace Webhook.Server.Tests.Client;

/// <summary><c>webhook keys</c>, <c>cert</c> and <c>audit</c> over real sockets.</summary>
[Collection(ClientTests.Name)]
public sealed class AdministrationClientTests(ClientServer server)
{
    [Fact]
    public async Task A_key_is_made_used_and_revoked()
    {
        var made = await server.TextAsync("keys", "create", "sensor-1", "--role", "viewer");
        made.ShouldMatch("^name   sensor-1\nrole   viewer\ntoken  wh_viewer_\\S+   \\(shown this once\\)\n$");
        var token = server.FileWith(made.Split("token  ")[1].Split(' ')[0]);
        (await CommandResult.OfAsync("top", "--server", server.Address.ToString(), "--token-file", token)).ExitCode.ShouldBe(ExitCode.Done);
        (await server.TextAsync("keys", "list")).ShouldMatch(@"(?m)^NAME +ROLE +CREATED +LAST USED$(.*\n)*sensor-1 +viewer +\S+ \S+ +\d{4}-");
        (await server.JsonAsync("keys", "list"))["data"]!.AsArray().Select(k => k!["name"]!.GetValue<string>()).ShouldContain("sensor-1");

        var forbidden = await CommandResult.OfAsync("keys", "list", "--server", server.Address.ToString(), "--token-file", token);
        (forbidden.ExitCode, forbidden.Output, forbidden.Error).ShouldBe((ExitCode.Failed, "", $"webhook: the token of {token} may not do this: its key has another role\n"));

        (await server.TextAsync("keys", "revoke", "sensor-1", "--yes")).ShouldBe("key 'sensor-1' revoked\n");
        (await CommandResult.OfAsync("top", "--server", server.Address.ToString(), "--token-file", token)).ExitCode.ShouldBe(ExitCode.Unavailable);
        (await server.JsonAsync("keys", "create", "sensor-2", "--role", "ingest"))["token"]!.GetValue<string>().ShouldStartWith("wh_ingest_");
        (await server.JsonAsync("keys", "revoke", "sensor-2", "--yes"))["revoked"]!.GetValue<string>().ShouldBe("sensor-2");
    }

    [Fact]
    public async Task Keys_that_cannot_be_made_or_revoked_end_with_1()
    {
        var role = await server.RunAsync("keys", "create", "x", "--role", "root");
        role.ExitCode.ShouldBe(ExitCode.Failed);
        role.Error.ShouldBe("webhook: The key cannot be made; see details.\n  role: 'root' is not known; one of admin, viewer, ingest\n");
        (await server.RunAsync("keys", "revoke", "nobody", "--yes")).Error.ShouldBe("webhook: There is no key with this name; GET /v1/keys lists them.\n");
        (await server.RunAsync("keys", "revoke", "viewer")).ExitCode.ShouldBe(ExitCode.WrongUsage, "nobody is asked");
        (await server.RunAsync("keys", "create", "x")).ExitCode.ShouldBe(ExitCode.WrongUsage, "without a role");
    }

    [Fact]
    public async Task A_certificate_goes_from_request_to_deletion()
    {
        var request = server.NewFile();
        (await server.TextAsync("cert", "csr", "--subject", "CN=edge.example,O=Example", "--out", request)).ShouldContain($"written to {request}");
        (await server.TextAsync("cert", "csr")).ShouldStartWith("-----BEGIN CERTIFICATE REQUEST-----\n");
        (await server.JsonAsync("cert", "csr", "--key-type", "EC_P256"))["csr"]!.GetValue<string>().ShouldStartWith("-----BEGIN CERTIFICATE REQUEST-----\n");

        using var authority = new Authority();
        var added = await server.TextAsync("cert", "add", server.FileWith(authority.Sign(await File.ReadAllTextAsync(request))), "--name", "edge-cert");
        added.ShouldMatch("(?m)^name     edge-cert$");
        added.ShouldMatch("(?m)^usage    CLIENT$");
        (await server.TextAsync("cert", "list")).ShouldMatch(@"(?m)^ID +NAME +USAGE +VALID UNTIL +ISSUER +SHA-256$(.*\n)* *\d+ +edge-cert +CLIENT +\S+ \S+ +CN=");
        (await server.JsonAsync("cert", "show", "edge-cert"))["certificateName"]!.GetValue<string>().ShouldBe("edge-cert");
        (await server.TextAsync("cert", "services", "edge-cert")).ShouldBe("No integration uses it.\n");
        (await server.JsonAsync("cert", "renew", "edge-cert", server.FileWith(authority.Sign(await File.ReadAllTextAsync(request)))))["certificateName"]!.GetValue<string>().ShouldBe("edge-cert");

        var id = (await server.JsonAsync("cert", "show", "edge-cert"))["id"]!.ToString();
        await server.TextAsync("integrations", "create", "--name", "mtls", "--endpoint", "https://r.example/hook", "--auth", "CERTIFICATE", "--certificate-id", id);
        (await server.TextAsync("cert", "services", id)).ShouldMatch(@"(?m)^ *\d+  mtls$");
        (await server.JsonAsync("cert", "services", id))["data"]![0]!["name"]!.GetValue<string>().ShouldBe("mtls");
        var used = await server.RunAsync("cert", "delete", id, "--yes");
        used.ExitCode.ShouldBe(ExitCode.Failed);
        used.Error.ShouldContain("is used by integration ");
        await server.TextAsync("integrations", "delete", "mtls", "--yes");
        await Until.HoldsAsync(
            async () => (await server.RunAsync("cert", "delete", id, "--yes")).ExitCode == ExitCode.Done, () => "the certificate is still said to be in use", TimeSpan.FromSeconds(30));
        (await server.RunAsync("cert", "show", "edge-cert")).Error.ShouldBe("webhook: there is no certificate with the id or name 'edge-cert'; webhook cert list shows them\n");
    }

    [Fact]
    public async Task Certificates_are_imported_with_their_keys_and_authorities_without()
    {
        using var authority = new Authority();
        var pfx = server.NewFile();
        await File.WriteAllBytesAsync(pfx, authority.ExportPfx("secret of the file"));
        (await server.JsonAsync("cert", "import", pfx, "--name", "imported", "--password-file", server.FileWith("secret of the file\n")))["usage"]!.GetValue<string>().ShouldBe("CLIENT");
        (await server.JsonAsync("cert", "ca", server.FileWith(authority.Pem), "--name", "authority"))["usage"]!.GetValue<string>().ShouldBe("CA");
        var wrong = await server.RunAsync("cert", "import", server.FileWith("no certificate"), "--name", "x");
        wrong.ExitCode.ShouldBe(ExitCode.Failed);
        wrong.Error.ShouldStartWith("webhook: The request has 1 error; see details.\n  ");
        (await server.RunAsync("cert", "add", "/nowhere/signed.pem", "--name", "x")).Error.ShouldStartWith("webhook: the file /nowhere/signed.pem cannot be read: ");
        await server.TextAsync("cert", "delete", "imported", "--yes");
        (await server.JsonAsync("cert", "delete", "authority", "--yes"))["deleted"]!["name"]!.GetValue<string>().ShouldBe("authority");
    }

    [Fact]
    public async Task The_audit_log_tells_who_changed_what()
    {
        await server.TextAsync("keys", "create", "audited", "--role", "ingest");
        await server.TextAsync("keys", "revoke", "audited", "--yes");
        (await server.TextAsync("audit", "--limit", "1")).ShouldMatch(
            "^ *ID +TIME +WHO +FROM +ACTION +OBJECT +OUTCOME +CHANGED\n *[0-9]+ +\\S+ \\S+ +admin +\\S+ +key.delete +'?audited'? +204\nolder ones: --before [0-9]+\n$");
        (await server.TextAsync("audit", "--action", "key.create", "--who", "admin")).ShouldMatch(@"key.create +'audited' +201 +role\n");
        (await server.JsonAsync("audit", "--limit", "1"))["data"]!.AsArray().Count.ShouldBe(1);
        (await server.TextAsync("audit", "--who", "nobody")).ShouldBe("There is no change to show.\n");
        (await server.RunAsync("audit", "--limit", "5000")).Error.ShouldContain("limit: must be given once, a whole number from 1 to 1000");
    }

    private sealed class Authority : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly X509Certificate2 _root;

        public Authority()
        {
            var request = new CertificateRequest("CN=Authority of the tests", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _root = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(300));
        }

        public string Pem => _root.ExportCertificatePem();

        private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

        public string Sign(string request) =>
            CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256).Create(_root, Now.AddDays(-1), Now.AddDays(90), RandomNumberGenerator.GetBytes(16)).ExportCertificatePem();

        public byte[] ExportPfx(string password)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256).Create(_root, Now.AddDays(-1), Now.AddDays(90), RandomNumberGenerator.GetBytes(16));
            using var withKey = certificate.CopyWithPrivateKey(key);
            return withKey.Export(X509ContentType.Pfx, password);
        }

        public void Dispose()
        {
            _root.Dispose();
            _key.Dispose();
        }
    }
}
