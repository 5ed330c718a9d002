using Microsoft.AspNetCore.DataProtection;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>Real encryption with a key ring that lives as long as the tests.</summary>
internal sealed class TestSecrets : ISecretProtector
{
    private readonly IDataProtector _protector = new EphemeralDataProtectionProvider().CreateProtector("tests");

    public StoredSecret Protect(string secret) => new(_protector.Protect(secret));

    public string Unprotect(StoredSecret secret) => _protector.Unprotect(secret.Protected);
}
