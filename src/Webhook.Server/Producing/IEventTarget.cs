namespace Webhook.Server.Producing;

/// <summary>Why sending ends before its input does.</summary>
/// <param name="ExitCode">Of <see cref="Server.ExitCode"/>.</param>
/// <param name="Message">For people.</param>
internal sealed record SendStop(int ExitCode, string Message);

/// <summary>Where events go. Safe for several batches at once.</summary>
internal interface IEventTarget : IDisposable
{
    /// <summary>Sends a batch until each of its events is accepted or refused, which the tally is told of.</summary>
    /// <returns>null, or why there is no use in going on.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    Task<SendStop?> SendAsync(InputBatch batch, CancellationToken cancellation);
}
