using Akka.Event;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>What follows an attempt.</summary>
internal enum NextStep
{
    /// <summary>The batch is done with.</summary>
    Done,

    /// <summary>The same batch again after a pause; after three attempts the integration is inhibited and a probe follows.</summary>
    Retry,

    /// <summary>Another attempt would end the same way until somebody mends something: the integration is inhibited at once; nothing is dropped.</summary>
    Hold,

    /// <summary>Halves of the batch, each by itself, down to the one event that the receiver does not take; that one becomes a dead letter.</summary>
    Divide,

    /// <summary>The receiver wants no more: the integration is disabled.</summary>
    Disable,
}

/// <summary>The one table from an outcome to what happens next, how it is logged and how it is counted.</summary>
internal readonly record struct OutcomeRule(NextStep Next, LogLevel Level, string Label)
{
    public static OutcomeRule Of(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Delivered => new(NextStep.Done, LogLevel.DebugLevel, "delivered"),
        AttemptOutcome.DnsFailed => new(NextStep.Retry, LogLevel.WarningLevel, "dns_failed"),
        AttemptOutcome.AddressForbidden => new(NextStep.Hold, LogLevel.ErrorLevel, "address_forbidden"),
        AttemptOutcome.ConnectFailed => new(NextStep.Retry, LogLevel.WarningLevel, "connect_failed"),
        AttemptOutcome.TlsFailed => new(NextStep.Retry, LogLevel.WarningLevel, "tls_failed"),
        AttemptOutcome.TimedOut => new(NextStep.Retry, LogLevel.WarningLevel, "timed_out"),
        AttemptOutcome.ServerError => new(NextStep.Retry, LogLevel.WarningLevel, "server_error"),
        AttemptOutcome.RateLimited => new(NextStep.Retry, LogLevel.InfoLevel, "rate_limited"),
        AttemptOutcome.TooLarge => new(NextStep.Divide, LogLevel.InfoLevel, "too_large"),
        AttemptOutcome.Refused => new(NextStep.Divide, LogLevel.InfoLevel, "refused"),
        AttemptOutcome.Misconfigured => new(NextStep.Hold, LogLevel.ErrorLevel, "misconfigured"),
        AttemptOutcome.Gone => new(NextStep.Disable, LogLevel.ErrorLevel, "gone"),
        AttemptOutcome.CredentialsUnusable => new(NextStep.Hold, LogLevel.ErrorLevel, "credentials_unusable"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Every outcome has a line in this table."),
    };
}
