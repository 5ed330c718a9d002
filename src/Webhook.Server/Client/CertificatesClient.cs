using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Actors.Certificates;
using Webhook.Server.CertificatesApi;
using Webhook.Server.Client.Output;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook cert</c> does.</summary>
internal sealed class CertificatesClient(ClientSession session)
{
    private const string Prefix = CertificatesApiExtensions.Prefix;
    private const string Path = $"{Prefix}/certificates";
    private const int FingerprintShown = 16;

    private readonly ClientOutput _output = session.Output;

    /// <param name="file">Where the request goes; null: standard output.</param>
    public async Task<int> RequestAsync(string? subject, string? keyType, string? file, CancellationToken cancellation)
    {
        var answer = await session.Api.SendAsync(HttpMethod.Post, $"{Prefix}/csr{QueryText.Of(("subject", subject), ("keyType", keyType))}", (HttpContent?)null, cancellation);
        var pem = Encoding.UTF8.GetString(answer.Body);
        if (file is null)
        {
            if (_output.IsJson) _output.Show(new JsonObject { ["csr"] = pem }, "");
            else await _output.Writer.WriteAsync(pem.EndsWith('\n') ? pem : pem + "\n");
            return ExitCode.Done;
        }

        try
        {
            await File.WriteAllTextAsync(file, pem, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFailure.Failed($"the request was made, but {file} cannot be written: {e.Message}; ask for another one");
        }

        _output.Show(new JsonObject { ["file"] = file }, $"certificate signing request written to {file}; its key stays in the server. Next: webhook cert add");
        return ExitCode.Done;
    }

    /// <summary>The certificate that was signed from a CSR.</summary>
    public Task<int> AddAsync(string name, string file, CancellationToken cancellation) =>
        UploadAsync(HttpMethod.Post, Path, cancellation, Text("name", name), FileOf(CertificateDirectory.SignedPart, file));

    /// <param name="password">null: it has none.</param>
    public Task<int> ImportAsync(string name, string file, string? key, string? password, CancellationToken cancellation) => UploadAsync(
        HttpMethod.Post, $"{Path}/import", cancellation, Text("name", name), FileOf(CertificateDirectory.ImportPart, file), key is null ? null : FileOf(CertificateForm.KeyPart, key),
        password is null ? null : Text(CertificateForm.PasswordPart, password));

    public Task<int> AddAuthorityAsync(string name, string file, CancellationToken cancellation) =>
        UploadAsync(HttpMethod.Post, $"{Path}/ca", cancellation, Text("name", name), FileOf(CertificateDirectory.ImportPart, file));

    public async Task<int> RenewAsync(string idOrName, string file, CancellationToken cancellation)
    {
        var part = FileOf(CertificateDirectory.SignedPart, file);
        return await UploadAsync(HttpMethod.Put, PathOf(await FindAsync(idOrName, cancellation)), cancellation, part);
    }

    public async Task<int> ListAsync(CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(Path, cancellation);
        var all = answer.Read(CertificatesJson.Readable.CertificateList).Data;
        _output.Show(answer, () =>
        {
            if (all.Count == 0) _output.Line("There is no certificate.");
            else _output.Write(Table(all));
        });
        return ExitCode.Done;
    }

    public async Task<int> ShowAsync(string idOrName, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(PathOf(await FindAsync(idOrName, cancellation)), cancellation);
        Tell(answer);
        return ExitCode.Done;
    }

    public async Task<int> ServicesAsync(string idOrName, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(PathOf(await FindAsync(idOrName, cancellation)) + "/services", cancellation);
        var users = answer.Read(CertificatesJson.Readable.ServiceList).Data;
        _output.Show(answer, () =>
        {
            if (users.Count == 0)
            {
                _output.Line("No integration uses it.");
                return;
            }

            var table = new TextTable().Column("ID", isNumber: true).Column("NAME", isLong: true);
            foreach (var user in users) table.Row(Shown.Number(user.Id), user.Name);
            _output.Write(table);
        });
        return ExitCode.Done;
    }

    public async Task<int> DeleteAsync(string idOrName, bool isConfirmed, CancellationToken cancellation)
    {
        var found = await FindAsync(idOrName, cancellation);
        Confirmation.Require(isConfirmed, $"Delete certificate {found.Id} '{Shown.Clean(found.CertificateName)}' with its key?", session.Error);
        await session.Api.SendAsync(HttpMethod.Delete, PathOf(found), (HttpContent?)null, cancellation);
        _output.Show(new JsonObject { ["deleted"] = new JsonObject { ["id"] = found.Id, ["name"] = found.CertificateName } }, $"certificate {found.Id} '{found.CertificateName}' deleted");
        return ExitCode.Done;
    }

    private async Task<CertificateResource> FindAsync(string idOrName, CancellationToken cancellation)
    {
        var all = (await session.Api.GetAsync(Path, cancellation)).Read(CertificatesJson.Readable.CertificateList).Data;
        return (long.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? all.FirstOrDefault(c => c.Id == id) : null)
            ?? all.FirstOrDefault(c => c.CertificateName == idOrName)
            ?? throw ClientFailure.Failed($"there is no certificate with the id or name '{idOrName}'; webhook cert list shows them");
    }

    private async Task<int> UploadAsync(HttpMethod method, string path, CancellationToken cancellation, params (string Name, byte[] Bytes)?[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var part in parts.OfType<(string Name, byte[] Bytes)>()) form.Add(new ByteArrayContent(part.Bytes), part.Name);
        Tell(await session.Api.SendAsync(method, path, form, cancellation));
        return ExitCode.Done;
    }

    private void Tell(ApiAnswer answer)
    {
        var c = answer.Read(CertificatesJson.Readable.CertificateResource);
        _output.Show(answer, () => _output.Write(
            IntegrationViews.Pairs().Row("id", Shown.Number(c.Id)).Row("name", c.CertificateName).Row("usage", c.Usage).Row("issuer", c.Issuer)
                .Row("valid", $"{Shown.Time(c.Validity.After)} to {Shown.Time(c.Validity.Before)}").Row("added", Shown.Time(c.Created)).Row("SHA-256", c.Fingerprint)));
    }

    private static TextTable Table(IReadOnlyList<CertificateResource> all)
    {
        var table = new TextTable().Column("ID", isNumber: true).Column("NAME", isLong: true).Column("USAGE").Column("VALID UNTIL").Column("ISSUER", isLong: true).Column("SHA-256", isExtra: true);
        foreach (var c in all)
            table.Row(Shown.Number(c.Id), c.CertificateName, c.Usage, Shown.Time(c.Validity.Before), c.Issuer, c.Fingerprint[..Math.Min(FingerprintShown, c.Fingerprint.Length)]);
        return table;
    }

    private static string PathOf(CertificateResource certificate) => string.Create(CultureInfo.InvariantCulture, $"{Path}/{certificate.Id}");

    private static (string Name, byte[] Bytes)? Text(string name, string text) => (name, Encoding.UTF8.GetBytes(text));

    private static (string Name, byte[] Bytes)? FileOf(string name, string file) => (name, InputFile.Read(file, CertificateFile.MaxBytes));
}
