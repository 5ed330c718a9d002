using System.Globalization;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;

namespace Webhook.Server.Agent;

/// <summary>Where an agent, which runs beside something more important, does with less than a node of its own.</summary>
internal static class AgentDefaults
{
    private const int Mebibyte = 1024 * 1024;

    public static IEnumerable<KeyValuePair<string, string?>> Settings { get; } =
    [
        Log(nameof(EventLogOptions.MaxBytes), 1024L * Mebibyte),
        Log(nameof(EventLogOptions.ReplayBytes), 0),
        Log(nameof(EventLogOptions.MemtableBytes), 8 * Mebibyte),
        Log(nameof(EventLogOptions.SharedTailBytes), 8 * Mebibyte),
        Log(nameof(EventLogOptions.MaxWaitingBytes), 16 * Mebibyte),
        new($"{DeliveryOptions.SectionName}:{nameof(DeliveryOptions.MaxBytesInFlight)}", Text(8 * Mebibyte)),
    ];

    private static KeyValuePair<string, string?> Log(string key, long value) => new($"{EventLogOptions.SectionName}:{key}", Text(value));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
