using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Webhook.Server.Settings;

/// <summary>Where deliveries leave from, as told to receivers' operators, and where they may go.</summary>
internal sealed class EgressOptions : IValidatableObject
{
    public const string SectionName = "Webhook:Egress";

    /// <summary>Address ranges (CIDR) that deliveries may reach although they are special-purpose, loopback among them. Default: none.</summary>
    public IList<string> AllowedAddresses { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from range in AllowedAddresses
        where !IPNetwork.TryParse(range, out _)
        select new ValidationResult($"AllowedAddresses: '{range}' is not an address range; write it as address/prefix length, for example 10.20.0.0/16.");
}
