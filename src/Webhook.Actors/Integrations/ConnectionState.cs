namespace Webhook.Actors.Integrations;

/// <summary>The original's states (spec 5).</summary>
public enum ConnectionState
{
    /// <summary>Not set up yet: never tested, or disabled.</summary>
    NotConnected,

    /// <summary>No errors in the last 24 hours.</summary>
    Connected,

    /// <summary>In the last 24 hours at least one delivery had to be retried.</summary>
    Warning,

    /// <summary>A batch failed three attempts or more, and none has gone through since. The place of inhibition.</summary>
    Error,
}

internal static class ConnectionStates
{
    public const int AttemptsUntilError = 3;

    public static ConnectionState Of(IntegrationState state, DateTimeOffset now)
    {
        if (!state.IsEnabled) return ConnectionState.NotConnected;
        if (state.History.FailedAttempts >= AttemptsUntilError) return ConnectionState.Error;
        return state.History.Since(now).Any() ? ConnectionState.Warning : ConnectionState.Connected;
    }

    /// <summary>The original's spelling.</summary>
    public static string Name(this ConnectionState state) => state switch
    {
        ConnectionState.NotConnected => "Not Connected",
        ConnectionState.Connected => "Connected",
        ConnectionState.Warning => "Warning",
        ConnectionState.Error => "Error",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "is not a connection state"),
    };
}
