using System.ComponentModel.DataAnnotations;

namespace Webhook.Server.Settings;

/// <summary>Health and metrics.</summary>
internal sealed class ManagementOptions : IValidatableObject
{
    public const string SectionName = "Webhook:Management";

    /// <summary>
    /// A port of their own for <c>/health</c> and <c>/metrics</c>, which then answer there, without a token, and nowhere else. Default: none, they answer on the
    /// main address: without a token to callers on loopback, with an admin or viewer token to everyone else.
    /// </summary>
    public string? Url { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is not null && (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/"))
            yield return new ValidationResult($"Url: '{Url}' is not an address to listen on; write it as http://address:port, for example http://127.0.0.1:9090.");
    }
}
