using System.ComponentModel.DataAnnotations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>The REST API for integrations.</summary>
internal sealed class ApiOptions
{
    public const string SectionName = "Webhook:Api";

    /// <summary>Requests that one token may make in a minute, 1–1,000,000; default 600. Beyond: 429 with <c>Retry-After</c>. Every answer tells it as <c>X-RateLimit-Limit</c>.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 600;
}
