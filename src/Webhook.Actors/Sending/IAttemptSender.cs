using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Makes one attempt at a batch and tells it as a value. Safe for several attempts at once.</summary>
internal interface IAttemptSender : IDisposable
{
    /// <exception cref="OperationCanceledException"><paramref name="abort"/> was cancelled; nothing is known about the attempt.</exception>
    Task<AttemptResult> AttemptAsync(Batch batch, EncodedBody body, CancellationToken abort);
}

internal static class AttemptSenders
{
    /// <param name="connections">At a time, at most.</param>
    public static IAttemptSender Open(IntegrationSettings settings, SendingServices services, int connections) => settings.Type switch
    {
        IntegrationType.Webhook => new AttemptSender(settings, services, connections),
        IntegrationType.Local => new StandardOutputSender(services),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Type, "is not a type of integration"),
    };
}
