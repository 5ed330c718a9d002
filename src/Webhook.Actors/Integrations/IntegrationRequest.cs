namespace Webhook.Actors.Integrations;

/// <summary>What a user asks an integration to be, before validation: null where nothing was said.</summary>
internal sealed record IntegrationRequest
{
    public string? Type { get; init; }

    public string? Name { get; init; }

    public bool? IsEnabled { get; init; }

    public IReadOnlyList<string>? Channels { get; init; }

    public RequestedConnection Connection { get; init; } = new();

    public RequestedDelivery Delivery { get; init; } = new();
}

/// <summary>The <c>connectionInfo</c> object.</summary>
internal sealed record RequestedConnection
{
    public string? Endpoint { get; init; }

    public string? Authentication { get; init; }

    public SecretText? Secret { get; init; }

    public long? CertificateId { get; init; }

    public long? CaCertificateId { get; init; }

    public IReadOnlyList<CustomHeader>? Headers { get; init; }

    public bool? IsInsecure { get; init; }

    public string? Output { get; init; }

    public string? TimestampFormat { get; init; }
}

/// <summary>The <c>delivery</c> object.</summary>
internal sealed record RequestedDelivery
{
    public long? MaxBatchEvents { get; init; }

    public long? MaxBatchBytes { get; init; }

    public long? MaxBatchDelayMs { get; init; }

    public long? TimeoutMs { get; init; }

    public long? MaxConcurrency { get; init; }

    public bool? Ordered { get; init; }

    public double? MaxRequestsPerSecond { get; init; }

    public string? Compression { get; init; }

    public string? SignatureStyle { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>>? StatusOverrides { get; init; }
}
