using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Webhook.Server.Health;

/// <summary>Ready only while this node is up in the cluster and not leaving. Akka's own check stays healthy for ever once the node has joined.</summary>
internal sealed class ClusterHealthCheck(ActorSystem system, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Task.FromResult(HealthCheckResult.Unhealthy("the node is shutting down"));
        var cluster = Cluster.Get(system);
        var status = cluster.SelfMember.Status;
        return Task.FromResult(!cluster.IsTerminated && status is MemberStatus.Up or MemberStatus.WeaklyUp
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"the node is {status} in the cluster, not Up"));
    }
}
