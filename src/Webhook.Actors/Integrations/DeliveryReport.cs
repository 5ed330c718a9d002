namespace Webhook.Actors.Integrations;

/// <summary>What became of one attempt: a closed list. Sending maps each, once, to the next step, a log level and a metric label.</summary>
public enum AttemptOutcome
{
    /// <summary>2xx.</summary>
    Delivered,

    /// <summary>The name did not resolve.</summary>
    DnsFailed,

    /// <summary>The address guard does not let us connect there.</summary>
    AddressForbidden,

    /// <summary>No connection, or it broke.</summary>
    ConnectFailed,

    /// <summary>The handshake or the verification of the receiver's certificate failed.</summary>
    TlsFailed,

    /// <summary>No full answer within the attempt's time.</summary>
    TimedOut,

    /// <summary>408, 425, 5xx except 501.</summary>
    ServerError,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>413.</summary>
    TooLarge,

    /// <summary>400, 422.</summary>
    Refused,

    /// <summary>3xx, 501, 1xx and every other 4xx: the settings are wrong.</summary>
    Misconfigured,

    /// <summary>410.</summary>
    Gone,

    /// <summary>A secret or certificate of ours could not be used.</summary>
    CredentialsUnusable,
}

/// <summary>An integration is held back.</summary>
/// <param name="IsInhibition">true: a delivery failed three times or for good, and after <paramref name="Until"/> one batch goes as a probe. false: the receiver asked for a pause.</param>
public sealed record DeliveryHold(bool IsInhibition, DateTimeOffset Until);

/// <summary>A lane's report to its integration after a batch that did not go through at once, and after the first that did.</summary>
/// <param name="Revision">Of the settings it was sent with.</param>
/// <param name="Attempt">1 for the first try of the batch.</param>
/// <param name="Error">For people, without secrets; null when delivered.</param>
/// <param name="Hold">What holds the integration back since this attempt; null: nothing.</param>
public sealed record DeliveryReport(
    IntegrationId Integration, long Revision, AttemptOutcome Outcome, int Attempt, int? StatusCode, string? Error, DateTimeOffset At,
    DeliveryHold? Hold = null) : IIntegrationCommand;

/// <summary>A lane's word that its part of a replay is done.</summary>
/// <param name="Number">Of the replay.</param>
public sealed record ReplayDone(IntegrationId Integration, int Partition, long Number) : IIntegrationCommand;
