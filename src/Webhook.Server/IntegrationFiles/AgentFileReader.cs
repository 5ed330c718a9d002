using Webhook.Server.IntegrationFiles.Yaml;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// Reads <c>local_forwarder</c> out of the sensor's own file: <c>{enabled: true, transmit_message_types: [POLICY_EVENTS, SECURE_AUDIT]}</c>. Whatever else is in that file is the
/// sensor's business.
/// </summary>
internal sealed class AgentFileReader(Func<string, string?>? environment = null)
{
    private const string Forwarder = "local_forwarder";
    private const string Enabled = "enabled";
    private const string Types = "transmit_message_types";

    private static readonly KnownKeys Known = new([Enabled, Types], new Dictionary<string, string>
    {
        ["integrations"] = "they stand in a file of their own",
        ["transmitMessageTypes"] = $"in this file it is called {Types}",
    });

    private readonly References _references = new(environment ?? Environment.GetEnvironmentVariable);

    /// <returns>null when <paramref name="errors"/> got any; warnings do not count.</returns>
    public AgentFile? Read(string path, FileErrors errors)
    {
        if (ConfigurationFile.Read(path, errors) is not { } text || YamlReader.Read(path, text, errors) is not { } root) return null;
        var scope = new FileScope(path, root.Place, _references, errors, static key => key.Length == 0 ? null : key);
        var agent = FileMapping.Open(root, "", known: null, scope) is { } file ? Read(file, scope) : null;
        scope.Tell();
        return scope.HasErrors ? null : agent;
    }

    private static AgentFile Read(FileMapping file, FileScope scope)
    {
        var forwarder = file.Mapping(Forwarder, Known);
        var isEnabled = forwarder?.Flag(Enabled) ?? false;
        var types = forwarder?.List(Types, ReadType, standIn: MessageTypes.Default[0]);
        if (!isEnabled && !scope.HasErrors)
        {
            var key = forwarder is null ? Forwarder : $"{Forwarder}.{Enabled}";
            scope.Warn(key, forwarder?.Has(Enabled) == true ? "is false: the sensor hands nothing over" : "is missing: the sensor hands nothing over; set local_forwarder.enabled to true");
        }

        return new AgentFile(isEnabled, MessageTypes.ChannelsOf(types ?? MessageTypes.Default));
    }

    private static string? ReadType(YamlNode node, string path, FileScope scope)
    {
        if (FileMapping.TextOf(node, path, scope) is not { } type) return null;
        if (MessageTypes.All.Contains(type)) return type;
        scope.Errors.Add(path, $"'{type}'", KnownKeys.Closest(type, MessageTypes.All) is { } meant
            ? $"is not a message type; did you mean {meant}? Upper and lower case matter"
            : $"is not a message type; known are {string.Join(", ", MessageTypes.All)}. Channels are named in the integrations' file");
        return null;
    }
}
