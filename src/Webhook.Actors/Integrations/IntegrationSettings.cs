using System.Text.Json.Serialization;
using Webhook.Actors.Events;

namespace Webhook.Actors.Integrations;

/// <summary>The identity of an integration, given by the catalog, never used twice.</summary>
public readonly record struct IntegrationId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Where an integration's events go.</summary>
public enum IntegrationType
{
    /// <summary>To a receiver over HTTP.</summary>
    Webhook,

    /// <summary>To this program's own standard output; only out of a configuration file.</summary>
    Local,
}

public enum Authentication
{
    None,
    BasicAuth,
    BearerToken,
    Signature,
    Certificate,
}

public enum PayloadFormat
{
    Json,
    Ndjson,
}

public enum RequestCompression
{
    None,
    Gzip,
    Zstd,
}

public enum SignatureStyle
{
    StandardWebhooks,
    GitHub,
}

public sealed record CustomHeader(string Key, string Value);

/// <summary>A secret as it is stored: encrypted, and with an end when it was rotated out.</summary>
/// <param name="Protected">What <see cref="ISecretProtector"/> made of it.</param>
/// <param name="ExpiresAt">null: the current secret. Else it signs beside the current one until then.</param>
public sealed record StoredSecret(string Protected, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Never the text, also not the encrypted one: records print their properties.</summary>
    public override string ToString() => "***";
}

/// <summary>What an integration is, validated. The name is the catalog's; the secret is encrypted.</summary>
public sealed record IntegrationSettings
{
    /// <summary>Stands for the endpoint where events go to this program's own standard output.</summary>
    public static readonly Uri StandardOutput = new("stdout:");

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IntegrationType Type { get; init; }

    /// <summary>Of the receiver; <see cref="StandardOutput"/> with <see cref="IntegrationType.Local"/>.</summary>
    public required Uri Endpoint { get; init; }

    public Authentication Authentication { get; init; }

    /// <summary>Newest first; empty unless the authentication needs one.</summary>
    public IReadOnlyList<StoredSecret> Secrets { get; init; } = [];

    /// <summary>What is presented to the receiver; only with <see cref="Integrations.Authentication.Certificate"/>.</summary>
    public long? CertificateId { get; init; }

    /// <summary>The private authority that the receiver's certificate must chain to; null: those that the system trusts.</summary>
    public long? CaCertificateId { get; init; }

    public IReadOnlyList<CustomHeader> Headers { get; init; } = [];

    /// <summary>true: the receiver's TLS certificate is not verified.</summary>
    public bool IsInsecure { get; init; }

    public PayloadFormat Output { get; init; } = PayloadFormat.Json;

    public TimestampResolution TimestampResolution { get; init; } = TimestampResolution.Nanoseconds;

    public IReadOnlyList<string> Channels { get; init; } = [];

    public DeliverySettings Delivery { get; init; } = new();
}

/// <summary>How batches are cut and sent; every value has a default, so that the original's bodies work unchanged.</summary>
public sealed record DeliverySettings
{
    /// <summary>Events a batch, 1–10,000.</summary>
    public int MaxBatchEvents { get; init; } = 1000;

    /// <summary>Bytes of the uncompressed body, 1,000–10,000,000. An event that alone is larger is sent alone.</summary>
    public int MaxBatchBytes { get; init; } = 1_000_000;

    /// <summary>From the first event of a batch to its sending, 0–300,000 ms; 0 sends what is there at once.</summary>
    public int MaxBatchDelayMs { get; init; } = 1000;

    /// <summary>Of one attempt, connect to last byte of the answer, 1,000–60,000 ms.</summary>
    public int TimeoutMs { get; init; } = 15_000;

    /// <summary>Requests in flight, 1–64; null: adaptive.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>One request in flight, strictly in the order of the log.</summary>
    public bool Ordered { get; init; }

    /// <summary>null: no limit.</summary>
    public double? MaxRequestsPerSecond { get; init; }

    public RequestCompression Compression { get; init; }

    public SignatureStyle SignatureStyle { get; init; }

    /// <summary>What the receiver means by statuses that it uses in its own way; the others mean what they do to everybody. null: none.</summary>
    public IReadOnlyList<StatusOverride>? StatusOverrides { get; init; }
}

/// <param name="Status">300–599.</param>
public sealed record StatusOverride(int Status, AttemptOutcome Outcome);
