using System.Globalization;
using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;

namespace Webhook.Server.Health;

/// <summary>
/// An integration that stands still although events wait degrades: its receiver is down, or something here is wedged. Not unhealthy, because events are taken and the others deliver.
/// </summary>
internal sealed class DeliveryHealthCheck(LaneGauges lanes, IntegrationDirectory directory, DeliveryOptions options) : IHealthCheck
{
    private const int MostNamed = 10;

    /// <summary>For their names; without them the ids must do.</summary>
    private static readonly TimeSpan NamesWithin = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stalled = lanes.Stalled(options.StalledAfter).GroupBy(static l => l.Lane.Integration).Select(static g => (Id: g.Key, For: g.Max(static l => l.For))).OrderByDescending(static s => s.For).ToList();
        if (stalled.Count == 0) return HealthCheckResult.Healthy();

        var names = await NamesAsync(cancellationToken);
        var reasons = stalled.Take(MostNamed).Select(s => string.Create(CultureInfo.InvariantCulture,
            $"integration {s.Id}{(names.TryGetValue(s.Id, out var name) ? $" '{name}'" : "")} has delivered nothing for {s.For.TotalSeconds:F0} s although events wait; its status and errors say why"));
        if (stalled.Count > MostNamed) reasons = reasons.Append($"and {stalled.Count - MostNamed} more");
        return HealthCheckResult.Degraded(string.Join("; ", reasons) + ".");
    }

    private async Task<Dictionary<IntegrationId, string>> NamesAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(NamesWithin);
        try
        {
            return (await directory.EntriesAsync(patience.Token)).ToDictionary(static e => e.Id, static e => e.Name);
        }
        catch (Exception e) when (e is OperationCanceledException or AskTimeoutException && !cancellation.IsCancellationRequested)
        {
            return [];
        }
    }
}
