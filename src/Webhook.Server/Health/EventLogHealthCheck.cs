using Microsoft.Extensions.Diagnostics.HealthChecks;
using Webhook.Actors.EventLog;

namespace Webhook.Server.Health;

/// <summary>Damage that was survived degrades; a log that cannot write or has stalled is unhealthy.</summary>
internal sealed class EventLogHealthCheck(EventLogHealth log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = log.Check();
        var reasons = string.Join(" ", health.Reasons);
        return Task.FromResult(health.Condition switch
        {
            LogCondition.Healthy => HealthCheckResult.Healthy(),
            LogCondition.Degraded => HealthCheckResult.Degraded(reasons),
            _ => HealthCheckResult.Unhealthy(reasons),
        });
    }
}
