namespace Webhook.Load;

/// <summary>What every command ends with.</summary>
internal static class ExitCode
{
    /// <summary>Every threshold holds.</summary>
    public const int Passed = 0;

    /// <summary>One does not.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was tried: arguments or scenario are wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>Nothing was measured: the target or the receiver cannot be reached, or the target does not do what the run needs.</summary>
    public const int Unavailable = 3;
}
