using Webhook.Server.Access;
using Webhook.Server.Audit;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.CertificatesApi;

/// <summary>The REST API for certificates; rate limit and shape of errors are those of the integrations' API.</summary>
internal static class CertificatesApiExtensions
{
    public const string Prefix = "/secure/certman/v1";

    /// <summary>Needs what <see cref="IntegrationsApiExtensions.AddIntegrationsApi"/> adds.</summary>
    public static IServiceCollection AddCertificatesApi(this IServiceCollection services) => services.AddSingleton<CertificateEndpoints>();

    public static void MapCertificatesApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.ServiceProvider.GetRequiredService<CertificateEndpoints>();
        var group = endpoints.MapGroup(Prefix).AddEndpointFilter(endpoints.ServiceProvider.GetRequiredService<ApiRateLimit>());
        var reads = group.MapGroup("").RequireRole(AccessRole.Viewer);
        reads.MapGet("/certificates", api.ListAsync);
        reads.MapGet("/certificates/{id:long}", api.GetAsync);
        reads.MapGet("/certificates/{id:long}/services", api.ServicesAsync);

        var changes = group.MapGroup("").RequireRole(AccessRole.Admin);
        changes.MapPost("/csr", api.RequestAsync).Audited("certificate.csr");
        changes.MapPost("/certificates", api.AddAsync).Audited("certificate.add");
        changes.MapPost("/certificates/import", api.ImportAsync).Audited("certificate.import");
        changes.MapPost("/certificates/ca", api.AddAuthorityAsync).Audited("certificate.add_authority");
        changes.MapPut("/certificates/{id:long}", api.RenewAsync).Audited("certificate.renew");
        changes.MapDelete("/certificates/{id:long}", api.DeleteAsync).Audited("certificate.delete");
    }
}
