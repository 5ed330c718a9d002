namespace Webhook.Server;

/// <summary>What every command ends with.</summary>
internal static class ExitCode
{
    /// <summary>What was asked for is done.</summary>
    public const int Done = 0;

    /// <summary>It is not done: the server refused it, a check found something wrong, a test of a receiver failed.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was tried: arguments, settings or files are wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>The server cannot be reached, does not know the token, or is in trouble itself: the same command may work later.</summary>
    public const int Unavailable = 3;
}
