using Akka.Event;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>What follows an attempt.</summary>
internal enum NextStep
{
    /// <summary>The batch is done with.</summary>
    Done,

    /// <summary>The same batch again after a pause; nothing is ever dropped. Splitting (413), bisecting (400, 422) and disabling (410) are further steps.</summary>
    Retry,
}

/// <summary>The one table from an outcome to what happens next, how it is logged and how it is counted.</summary>
internal readonly record struct OutcomeRule(NextStep Next, LogLevel Level, string Label)
{
    public static OutcomeRule Of(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Delivered => new(NextStep.Done, LogLevel.DebugLevel, "delivered"),
        AttemptOutcome.DnsFailed => new(NextStep.Retry, LogLevel.WarningLevel, "dns_failed"),
        AttemptOutcome.ConnectFailed => new(NextStep.Retry, LogLevel.WarningLevel, "connect_failed"),
        AttemptOutcome.TlsFailed => new(NextStep.Retry, LogLevel.WarningLevel, "tls_failed"),
        AttemptOutcome.TimedOut => new(NextStep.Retry, LogLevel.WarningLevel, "timed_out"),
        AttemptOutcome.ServerError => new(NextStep.Retry, LogLevel.WarningLevel, "server_error"),
        AttemptOutcome.RateLimited => new(NextStep.Retry, LogLevel.InfoLevel, "rate_limited"),
        AttemptOutcome.TooLarge => new(NextStep.Retry, LogLevel.WarningLevel, "too_large"),
        AttemptOutcome.Refused => new(NextStep.Retry, LogLevel.WarningLevel, "refused"),
        AttemptOutcome.Misconfigured => new(NextStep.Retry, LogLevel.ErrorLevel, "misconfigured"),
        AttemptOutcome.Gone => new(NextStep.Retry, LogLevel.ErrorLevel, "gone"),
        AttemptOutcome.CredentialsUnusable => new(NextStep.Retry, LogLevel.ErrorLevel, "credentials_unusable"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Every outcome has a line in this table."),
    };
}
