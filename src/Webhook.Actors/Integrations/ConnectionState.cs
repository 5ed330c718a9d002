namespace Webhook.Actors.Integrations;

/// <summary>The original's states.</summary>
public enum ConnectionState
{
    /// <summary>Not set up yet: never tested, or disabled.</summary>
    NotConnected,

    /// <summary>No errors in the last 24 hours.</summary>
    Connected,

    /// <summary>In the last 24 hours at least one delivery had to be retried.</summary>
    Warning,

    /// <summary>A delivery failed three times or for good, and none has gone through since: the integration is inhibited, or about to send a probe.</summary>
    Error,
}

internal static class ConnectionStates
{
    public static ConnectionState Of(IntegrationState state, DateTimeOffset now)
    {
        if (!state.IsEnabled) return ConnectionState.NotConnected;
        if (state.Hold is { IsInhibition: true }) return ConnectionState.Error;
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
