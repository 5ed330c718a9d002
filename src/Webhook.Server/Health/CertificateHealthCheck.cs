using Microsoft.Extensions.Diagnostics.HealthChecks;
using Webhook.Actors.Certificates;

namespace Webhook.Server.Health;

/// <summary>A certificate in use that has expired, or will within a day, degrades: receivers do or will refuse it.</summary>
internal sealed class CertificateHealthCheck(ExpiryBoard board) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var urgent = board.Urgent();
        return Task.FromResult(urgent.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join(" ", urgent.Select(static c => FormattableString.Invariant($"Certificate {c.Id} '{c.Name}' is in use and ends at {c.NotAfter:u}.")))));
    }
}
