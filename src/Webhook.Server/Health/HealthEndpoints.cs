using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Prometheus;

namespace Webhook.Server.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it takes events and delivers; degraded (still 200) names its reasons. <c>/metrics</c>: Prometheus.</summary>
internal static class HealthEndpoints
{
    private const string Ready = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<ClusterHealthCheck>("cluster", tags: [Ready], timeout: TimeSpan.FromSeconds(2))
            .AddCheck<EventLogHealthCheck>("event log", tags: [Ready], timeout: TimeSpan.FromSeconds(2))
            .AddCheck<CertificateHealthCheck>("certificates", tags: [Ready], timeout: TimeSpan.FromSeconds(2))
            .AddCheck<DeliveryHealthCheck>("delivery", HealthStatus.Degraded, tags: [Ready], timeout: TimeSpan.FromSeconds(2));
        return services.AddSingleton<ManagementAccess>().AddSingleton<MetricsExport>();
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var access = endpoints.ServiceProvider.GetRequiredService<ManagementAccess>();
        var metrics = endpoints.ServiceProvider.GetRequiredService<MetricsExport>();
        access.Guard(endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = WriteAsync }));
        access.Guard(endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = static c => c.Tags.Contains(Ready), ResponseWriter = WriteAsync }));
        access.Guard(endpoints.MapMetrics("/metrics", metrics.Registry));
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteStartArray("reasons");
        foreach (var (name, entry) in report.Entries)
        {
            if (entry.Status != HealthStatus.Healthy) json.WriteStringValue($"{name}: {entry.Description ?? entry.Exception?.Message ?? "failed"}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
