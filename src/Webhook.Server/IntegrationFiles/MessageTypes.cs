namespace Webhook.Server.IntegrationFiles;

/// <summary>The sensor's message types, and the channels whose events each one carries.</summary>
/// <remarks>
/// The original publishes the types and which data they are, not the channels' names one by one: POLICY_EVENTS are the runtime policy events, in both formats; SECURE_AUDIT is the activity
/// audit; AUDIT_TAP is the channel of its name. Nothing else leaves a sensor.
/// </remarks>
internal static class MessageTypes
{
    private static readonly Dictionary<string, string[]> Channels = new(StringComparer.Ordinal)
    {
        ["POLICY_EVENTS"] = ["SECURE_EVENTS_POLICIES", "POLICY_EVENTS"],
        ["SECURE_AUDIT"] = ["ACTIVITY_AUDIT"],
        ["AUDIT_TAP"] = ["AUDIT_TAP"],
    };

    public static IReadOnlyCollection<string> All => Channels.Keys;

    /// <summary>What the original hands over when its file does not say.</summary>
    public static IReadOnlyList<string> Default { get; } = ["POLICY_EVENTS", "SECURE_AUDIT"];

    public static IReadOnlySet<string> ChannelsOf(IEnumerable<string> types) => types.SelectMany(static type => Channels[type]).ToHashSet(StringComparer.Ordinal);

    /// <returns>null: no message type carries it.</returns>
    public static string? CarrierOf(string channel) => Channels.FirstOrDefault(pair => pair.Value.Contains(channel, StringComparer.Ordinal)).Key;
}
