using System.ComponentModel.DataAnnotations;

namespace Webhook.Server.Settings;

/// <summary>How much of the API a caller may take.</summary>
internal sealed class ApiOptions
{
    public const string SectionName = "Webhook:Api";

    /// <summary>Requests that one token may make in a minute, 1–1,000,000; default 600. Beyond: 429 with <c>Retry-After</c>. Every answer tells it as <c>X-RateLimit-Limit</c>.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 600;

    /// <summary>
    /// Wrong tokens that one client address may present in a minute, 1–1,000,000; default 20. Beyond: 429 with <c>Retry-After</c> instead of 401, to requests with a wrong
    /// token only: whoever has a right one is served, also from the same address.
    /// </summary>
    [Range(1, 1_000_000)]
    public int WrongTokensPerMinute { get; set; } = 20;
}
