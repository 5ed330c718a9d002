using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationFiles;

/// <summary>The words of the file: which keys stand where, and which types there are.</summary>
internal static class IntegrationKeys
{
    private const string InConfiguration = "it stands in configuration";
    private const string InDelivery = "it stands in delivery, in configuration";
    private const string BesideType = "it stands beside type, one level up";
    private const string NoCertificates = "certificates are kept by webhook serve, and not available in a file; make this integration with its API";
    private const string AlwaysOn = "what stands in the file is enabled; to disable it, take it out";

    private static readonly string[] Connection = ["endpoint", "auth", "secret", "headers", "insecure", "output", "timestampFormat", "delivery"];

    private static readonly string[] DeliveryKeys =
    [
        "maxBatchEvents", "maxBatchBytes", "maxBatchDelayMs", "timeoutMs", "maxConcurrency", "ordered", "maxRequestsPerSecond", "compression", "signatureStyle",
        "statusOverrides",
    ];

    /// <summary>Types of the original's file that this program does not have.</summary>
    private static readonly string[] OtherTypes =
    [
        "CHRONICLE", "ELASTIC", "KAFKA", "KINESIS_DATA_STREAMS", "KINESIS_FIREHOSE", "MCM", "PUBSUB", "QRADAR", "S3", "SCC", "SENTINEL", "SPLUNK", "SQS", "SYSLOG",
    ];

    public static readonly KnownKeys File = new(["integrations"], new Dictionary<string, string>
    {
        ["local_forwarder"] = "it is the agent's own file that has it; give that with --agent-config",
    });

    public static readonly KnownKeys Entry = new(["type", "name", "channels", "configuration"], new Dictionary<string, string>(
        Connection.Select(static key => KeyValuePair.Create(key, InConfiguration)))
    {
        ["connectionInfo"] = "in a file it is called configuration",
        ["isEnabled"] = AlwaysOn,
        ["enabled"] = AlwaysOn,
    });

    public static readonly KnownKeys Webhook = new(Connection, new Dictionary<string, string>(
        DeliveryKeys.Select(static key => KeyValuePair.Create(key, InDelivery)))
    {
        ["type"] = BesideType,
        ["name"] = BesideType,
        ["channels"] = BesideType,
        ["isInsecure"] = "in a file it is called insecure",
        ["certificateId"] = NoCertificates,
        ["caCertificateId"] = NoCertificates,
    });

    public static readonly KnownKeys Local = new(["output", "timestampFormat"], Connection.Except(["output", "timestampFormat"]).ToDictionary(
        static key => key, static _ => $"{SettingNames.LocalType} takes only output and timestampFormat; it is for type {SettingNames.WebhookType}"));

    public static readonly KnownKeys Delivery = new(DeliveryKeys, Connection.ToDictionary(static key => key, static _ => "it stands one level up, in configuration"));

    public static readonly KnownKeys Header = new(["key", "value"]);

    /// <param name="meant">The type that is there, or is plainly meant; null: none.</param>
    /// <returns>null, or why there is no such type.</returns>
    public static string? RefuseType(string type, out string? meant)
    {
        meant = null;
        if (OtherTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            return $"is a type of the original that this program does not have. {SettingNames.WebhookType} sends to anything that takes HTTP, also to a collector (Vector, Fluent Bit, Logstash) that passes events on; "
                + $"{SettingNames.LocalType} writes them to standard output";
        meant = KnownKeys.Closest(type, [SettingNames.WebhookType, SettingNames.LocalType]);
        if (type == meant) return null;
        return meant is null
            ? $"is not known; one of {SettingNames.WebhookType}, {SettingNames.LocalType}"
            : $"is not known; did you mean {meant}? Upper and lower case matter";
    }

    /// <summary>From the engine's path of a setting to the file's key.</summary>
    public static string Of(string entry, string path)
    {
        if (path.StartsWith("connectionInfo", StringComparison.Ordinal)) path = "configuration" + path["connectionInfo".Length..];
        else if (path.StartsWith("delivery", StringComparison.Ordinal)) path = "configuration." + path;
        return path.Length == 0 ? entry : $"{entry}.{path}";
    }
}
