using Webhook.Server.Client.Output;

namespace Webhook.Server.Client;

/// <summary>A command ends here: what to say on standard error, and with which code.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">What, the value, the limit and the way out; begins in lower case.</param>
/// <param name="details">A line for each thing that is wrong.</param>
internal sealed class ClientFailure(int exitCode, string message, IReadOnlyList<string>? details = null) : Exception(message)
{
    public int ExitCode => exitCode;

    public IReadOnlyList<string> Details => details ?? [];

    /// <summary>The API's word for the reason; null when it is not the API that refused.</summary>
    public string? Type { get; init; }

    /// <returns>The exit code.</returns>
    public int Report(TextWriter error)
    {
        error.WriteLine($"webhook: {Shown.Clean(Message)}");
        foreach (var detail in Details) error.WriteLine($"  {Shown.Clean(detail)}");
        return ExitCode;
    }

    public static ClientFailure WrongUsage(string message) => new(Server.ExitCode.WrongUsage, message);

    public static ClientFailure Failed(string message) => new(Server.ExitCode.Failed, message);

    public static ClientFailure Unavailable(string message) => new(Server.ExitCode.Unavailable, message);
}
