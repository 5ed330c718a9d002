using System.Globalization;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.CertificatesApi;

/// <summary>The routes of certificate management, as functions of the request.</summary>
internal sealed class CertificateEndpoints(CertificateDirectory directory)
{
    private static readonly string[] SignedParts = [CertificateForm.NamePart, CertificateDirectory.SignedPart];
    private static readonly string[] AuthorityParts = [CertificateForm.NamePart, CertificateDirectory.ImportPart];
    private static readonly string[] ImportParts = [.. AuthorityParts, CertificateForm.KeyPart, CertificateForm.PasswordPart];

    public async Task<IResult> RequestAsync(string? keyType, string? subject) => (await directory.CreateSigningRequestAsync(keyType, subject)).Answer();

    public Task<IResult> AddAsync(HttpRequest http) => CreateAsync(http, CertificateDirectory.SignedPart, SignedParts, directory.AddAsync);

    public Task<IResult> ImportAsync(HttpRequest http) => CreateAsync(http, CertificateDirectory.ImportPart, ImportParts, directory.ImportAsync);

    public Task<IResult> AddAuthorityAsync(HttpRequest http) => CreateAsync(http, CertificateDirectory.ImportPart, AuthorityParts, directory.AddAuthorityAsync);

    public async Task<IResult> RenewAsync(long id, HttpRequest http)
    {
        var errors = new SettingErrors();
        var (upload, tooLarge) = await CertificateForm.ReadAsync(http, CertificateDirectory.SignedPart, SignedParts, errors);
        return tooLarge is not null ? new ErrorResult(tooLarge) : (await directory.RenewAsync(id, upload, errors)).Answer();
    }

    public async Task<IResult> ListAsync(CancellationToken cancellation)
    {
        var list = await directory.ListAsync(cancellation);
        return Results.Json(new ListResource<CertificateResource>([.. list.Select(CertificateResource.Of)]), CertificatesJson.Readable.CertificateList);
    }

    public async Task<IResult> GetAsync(long id, CancellationToken cancellation) => (await directory.GetAsync(id, cancellation)).Answer();

    public async Task<IResult> ServicesAsync(long id, CancellationToken cancellation) => await directory.UsersAsync(id, cancellation) is { } users
        ? Results.Json(new ListResource<ServiceResource>([.. users.Select(static u => new ServiceResource(u.Id.Value, u.Name))]), CertificatesJson.Readable.ServiceList)
        : CertificateAnswers.NotFound(id);

    public async Task<IResult> DeleteAsync(long id) => (await directory.DeleteAsync(id)).Answer();

    private static async Task<IResult> CreateAsync(
        HttpRequest http, string file, string[] parts, Func<CertificateUpload?, SettingErrors, Task<CertificateResult>> create)
    {
        var errors = new SettingErrors();
        var (upload, tooLarge) = await CertificateForm.ReadAsync(http, file, parts, errors);
        if (tooLarge is not null) return new ErrorResult(tooLarge);
        var result = await create(upload, errors);
        if (result is CertificateResult.Done(var added))
            http.HttpContext.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{CertificatesApiExtensions.Prefix}/certificates/{added.Id}");
        return result.Answer(StatusCodes.Status201Created);
    }
}
