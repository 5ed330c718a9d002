using Webhook.Actors.Integrations;
using Webhook.Server.Access;
using Webhook.Server.Client;
using Webhook.Server.Receiving;

namespace Webhook.Server.Producing;

/// <summary>Makes the target that a command line asks for.</summary>
internal static class SendTargets
{
    /// <summary>In place of <see cref="SendArguments.SecretFile"/>.</summary>
    private const string SecretVariable = "WEBHOOK_SEND_SECRET";

    /// <exception cref="InvalidDataException">A URL, a key or a secret is missing or wrong; the message never holds it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IEventTarget Create(SendArguments arguments, SendTally tally, TimeProvider time) =>
        arguments.To is null ? CreateIngest(arguments, tally, time) : new WebhookTarget(ReadSettings(arguments), arguments.Connections, tally, time);

    private static IngestTarget CreateIngest(SendArguments arguments, SendTally tally, TimeProvider time)
    {
        var server = ReadUrl(arguments.Server ?? NotEmpty(ServerAddress.ServerVariable) ?? ServerAddress.Default, arguments.Server is null ? ServerAddress.ServerVariable : "--server");
        var key = (arguments.KeyFile is { } file ? File.ReadAllText(file) : Environment.GetEnvironmentVariable(AccessKeys.IngestKeyVariable) ?? "").Trim();
        var source = arguments.KeyFile ?? AccessKeys.IngestKeyVariable;
        if (key.Length == 0) throw new InvalidDataException($"there is no ingest key: set {AccessKeys.IngestKeyVariable}, or name the file that holds it with --key-file.");
        if (key.AsSpan().ContainsAnyExceptInRange('!', '~')) throw new InvalidDataException($"{source}: a key is one line of visible ASCII characters.");
        var path = arguments.Falco ? "v1/falco" : "v1/events/" + Uri.EscapeDataString(arguments.Channel!);
        return new IngestTarget(
            new Uri(server.AbsoluteUri.TrimEnd('/') + "/"), path, key, Parse(SettingNames.Compressions, arguments.Compression), arguments.RetryFor, IngestTarget.NewHandler(arguments.Connections), tally, time);
    }

    private static IntegrationSettings ReadSettings(SendArguments arguments)
    {
        var endpoint = ReadUrl(arguments.To!, "--to");
        var secrets = SecretLines.Read(arguments.SecretFile, SecretVariable);
        var authentication = arguments.Authentication is { } name ? Parse(SettingNames.Authentications, name)
            : secrets.Count > 0 ? Authentication.Signature
            : Authentication.None;
        var style = Parse(SettingNames.SignatureStyles, arguments.SignatureStyle);
        if (SecretRules.IsNeeded(authentication) && secrets.Count == 0)
            throw new InvalidDataException($"--auth {arguments.Authentication} needs a secret: name the file that holds it with --secret-file, or set {SecretVariable}.");
        foreach (var secret in secrets)
        {
            if (SecretRules.Check(authentication, style, secret) is { } wrong) throw new InvalidDataException($"{arguments.SecretFile ?? SecretVariable}: the secret {wrong}.");
        }

        return new IntegrationSettings
        {
            Endpoint = endpoint,
            Authentication = authentication,
            Secrets = [.. secrets.Select(PlainSecrets.Instance.Protect)],
            IsInsecure = arguments.Insecure,
            Output = Parse(SettingNames.Outputs, arguments.Output),
            Channels = [WebhookTarget.Channel],
            Delivery = new DeliverySettings
            {
                MaxBatchEvents = arguments.BatchEvents,
                MaxConcurrency = arguments.Connections,
                Compression = Parse(SettingNames.Compressions, arguments.Compression),
                SignatureStyle = style,
            },
        };
    }

    private static Uri ReadUrl(string text, string from)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.UserInfo.Length == 0) return url;
        throw new InvalidDataException($"{from} must be an http:// or https:// URL without a user, for example {ServerAddress.Default}.");
    }

    // The command line takes only what is in the table.
    private static T Parse<T>(NameTable<T> table, string name)
        where T : struct, Enum => table.TryParse(name, out var value) ? value : throw new ArgumentOutOfRangeException(nameof(name), name, null);

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
