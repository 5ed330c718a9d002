using System.Globalization;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>What can be seen of the program from outside: metrics, health, memory, CPU.</summary>
internal static class Observations
{
    private static readonly long TicksPerSecond = 100;

    /// <summary>The sum over all label sets, or over those that hold <paramref name="label"/>; 0 when there is none.</summary>
    public static async Task<double> MetricAsync(this WebhookProcess webhook, string name, string label = "") =>
        (await webhook.Admin.GetStringAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{' && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    /// <summary>Events that the program itself says it lost.</summary>
    public static async Task<long> LostAsync(this WebhookProcess webhook) => (long)await webhook.MetricAsync("webhook_events_lost_total");

    public static async Task<(string Status, string Reasons)> HealthAsync(this WebhookProcess webhook)
    {
        using var response = await webhook.Admin.GetAsync("/health/ready");
        var health = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return ((string)health["status"]!, string.Join(" | ", health["reasons"]!.AsArray().Select(static reason => (string)reason!)));
    }

    /// <summary>Waits until the health is as expected, and returns its reasons.</summary>
    public static async Task<string> HealthTurnsAsync(this WebhookProcess webhook, string status, TimeSpan? deadline = null)
    {
        var seen = (Status: "", Reasons: "");
        await Until.HoldsAsync(async () => (seen = await webhook.HealthAsync()).Status == status, () => $"it is {seen.Status}: {seen.Reasons}", deadline);
        return seen.Reasons;
    }

    /// <summary>VmRSS.</summary>
    public static long ResidentBytes(this WebhookProcess webhook) => StatusBytes(webhook, "VmRSS:");

    /// <summary>VmHWM since the start or <see cref="ResetPeak"/>.</summary>
    public static long PeakResidentBytes(this WebhookProcess webhook) => StatusBytes(webhook, "VmHWM:");

    public static void ResetPeak(this WebhookProcess webhook) => File.WriteAllText($"/proc/{webhook.Id}/clear_refs", "5");

    /// <summary>User and system time (proc(5): the 14th and 15th field, counted from the end of the name).</summary>
    public static TimeSpan CpuTime(this WebhookProcess webhook)
    {
        var stat = File.ReadAllText($"/proc/{webhook.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    private static long StatusBytes(WebhookProcess webhook, string field)
    {
        var line = File.ReadLines($"/proc/{webhook.Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
