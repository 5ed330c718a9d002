using Webhook.Actors.Events;

namespace Webhook.Actors.Integrations;

/// <summary>The API's words for the settings' closed lists; exact, upper and lower case matter.</summary>
internal static class SettingNames
{
    public const string WebhookType = "WEBHOOK";
    public const string LocalType = "LOCAL";

    /// <summary>The one output of <see cref="LocalType"/>.</summary>
    public const string LocalOutput = "stdout";

    public static readonly NameTable<IntegrationType> Types = new((WebhookType, IntegrationType.Webhook), (LocalType, IntegrationType.Local));

    public static readonly NameTable<Authentication> Authentications = new(
        ("BASIC_AUTH", Authentication.BasicAuth), ("BEARER_TOKEN", Authentication.BearerToken),
        ("SIGNATURE", Authentication.Signature), ("CERTIFICATE", Authentication.Certificate));

    /// <summary>Where there are no certificates.</summary>
    public static readonly NameTable<Authentication> FileAuthentications = new(
        ("BASIC_AUTH", Authentication.BasicAuth), ("BEARER_TOKEN", Authentication.BearerToken), ("SIGNATURE", Authentication.Signature));

    public static readonly NameTable<PayloadFormat> Outputs = new(("json", PayloadFormat.Json), ("ndjson", PayloadFormat.Ndjson));

    public static readonly NameTable<TimestampResolution> TimestampFormats = new(
        ("seconds", TimestampResolution.Seconds), ("milliseconds", TimestampResolution.Milliseconds),
        ("microseconds", TimestampResolution.Microseconds), ("nanoseconds", TimestampResolution.Nanoseconds));

    public static readonly NameTable<RequestCompression> Compressions = new(
        ("none", RequestCompression.None), ("gzip", RequestCompression.Gzip), ("zstd", RequestCompression.Zstd));

    public static readonly NameTable<CertificateUsage> CertificateUsages = new(("CLIENT", CertificateUsage.Client), ("CA", CertificateUsage.Ca));

    public static readonly NameTable<SignatureStyle> SignatureStyles = new(
        ("standard-webhooks", SignatureStyle.StandardWebhooks), ("github", SignatureStyle.GitHub));

    /// <summary>What a status can be said to mean; the words are those of the metrics and the delivery log.</summary>
    public static readonly NameTable<AttemptOutcome> StatusMeanings = new(
        ("delivered", AttemptOutcome.Delivered), ("server_error", AttemptOutcome.ServerError), ("rate_limited", AttemptOutcome.RateLimited),
        ("too_large", AttemptOutcome.TooLarge), ("refused", AttemptOutcome.Refused), ("misconfigured", AttemptOutcome.Misconfigured),
        ("gone", AttemptOutcome.Gone));
}

/// <summary>A closed list of words and what they stand for.</summary>
internal sealed class NameTable<T>(params (string Name, T Value)[] entries)
    where T : struct, Enum
{
    public string All { get; } = string.Join(", ", entries.Select(static e => e.Name));

    public bool TryParse(string name, out T value)
    {
        foreach (var entry in entries)
        {
            if (!string.Equals(entry.Name, name, StringComparison.Ordinal)) continue;
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <returns>null where the value has no word: it is what is when nothing is said.</returns>
    public string? NameOf(T value)
    {
        foreach (var entry in entries)
        {
            if (EqualityComparer<T>.Default.Equals(entry.Value, value)) return entry.Name;
        }

        return null;
    }
}
