namespace Webhook.Server.IntegrationFiles;

/// <summary>What the sensor's own file says of forwarding.</summary>
/// <param name="IsEnabled">false: the sensor hands nothing over.</param>
/// <param name="Channels">Whose events it hands over, when it does.</param>
internal sealed record AgentFile(bool IsEnabled, IReadOnlySet<string> Channels)
{
    /// <summary>Warns of integrations that wait for what never comes.</summary>
    public void Compare(IntegrationFile file, FileErrors errors)
    {
        if (!IsEnabled) return;
        foreach (var integration in file.Integrations)
        {
            foreach (var channel in integration.Settings.Channels.Where(channel => !Channels.Contains(channel)))
            {
                var why = MessageTypes.CarrierOf(channel) is { } type
                    ? $"add {type} to local_forwarder.transmit_message_types in the agent's file"
                    : "no message type of a sensor carries it; only what is sent to this program by others comes";
                errors.Warn(file.Path, integration.ChannelsPlace, $"{integration.Key}.channels", $"the sensor does not hand over '{channel}': {why}");
            }
        }
    }
}
