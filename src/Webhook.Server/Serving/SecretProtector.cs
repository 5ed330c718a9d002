using Microsoft.AspNetCore.DataProtection;
using Webhook.Actors.Integrations;

namespace Webhook.Server.Serving;

/// <summary>Secrets at rest: ASP.NET Core Data Protection, with the key ring in the data folder.</summary>
internal sealed class SecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    private readonly IDataProtector _protector = provider.CreateProtector("Webhook.IntegrationSecrets.v1");

    public StoredSecret Protect(string secret) => new(_protector.Protect(secret));

    public string Unprotect(StoredSecret secret) => _protector.Unprotect(secret.Protected);
}
