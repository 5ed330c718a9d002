using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationFiles.Yaml;

namespace Webhook.Server.IntegrationFiles;

/// <summary>One entry of the file as a request to the engine; its keys are told by the engine's paths.</summary>
internal static class IntegrationEntry
{
    private const string Configuration = "connectionInfo";

    /// <returns>null, and an error, when nothing can be said of the values: the type decides which there are.</returns>
    public static IntegrationRequest? Read(YamlNode node, FileScope scope)
    {
        if (FileMapping.Open(node, "", IntegrationKeys.Entry, scope) is not { } entry) return null;
        var name = entry.Text("name");
        var channels = entry.List("channels", FileMapping.TextOf, standIn: "");
        if (channels is null && !scope.Errors.Has("channels"))
            scope.Errors.Add("channels", "is missing; a list of what is sent, such as [SECURE_EVENTS_POLICIES]");
        else if (channels is []) scope.Errors.Add("channels", "is empty, so that nothing would be sent; name at least one channel");
        if (ReadType(entry, scope) is not { } type) return null;
        var request = new IntegrationRequest { Type = type, Name = name, Channels = channels };
        var known = type == SettingNames.LocalType ? IntegrationKeys.Local : IntegrationKeys.Webhook;
        var configuration = entry.Mapping("configuration", known, Configuration);
        if (!entry.Has("configuration")) scope.Errors.Add(Configuration, $"is missing; {(type == SettingNames.LocalType ? "{output: stdout}" : "it holds at least the endpoint")}");
        if (configuration is null) return request;
        return type == SettingNames.LocalType
            ? request with { Connection = ReadLocal(configuration) }
            : request with { Connection = ReadConnection(configuration), Delivery = ReadDelivery(configuration) };
    }

    /// <returns>Also where it is wrong and the right one is plain, so that the rest is checked; null: it is not.</returns>
    private static string? ReadType(FileMapping entry, FileScope scope)
    {
        if (entry.Word("type") is not { } type)
        {
            if (!scope.Errors.Has("type")) scope.Errors.Add("type", $"is missing; one of {SettingNames.WebhookType}, {SettingNames.LocalType}");
            return null;
        }

        if (IntegrationKeys.RefuseType(type, out var meant) is { } problem) scope.Errors.Add("type", $"'{type}'", problem);
        return meant;
    }

    private static RequestedConnection ReadLocal(FileMapping configuration) =>
        new() { Output = configuration.Text("output"), TimestampFormat = configuration.Text("timestampFormat") };

    private static RequestedConnection ReadConnection(FileMapping configuration) => new()
    {
        Endpoint = configuration.Text("endpoint"),
        Authentication = configuration.Text("auth"),
        Secret = configuration.SecretText("secret") is { } secret ? new SecretText(secret) : null,
        Headers = configuration.List("headers", ReadHeader, standIn: new CustomHeader("", "")),
        IsInsecure = configuration.Flag("insecure"),
        Output = configuration.Text("output"),
        TimestampFormat = configuration.Text("timestampFormat"),
    };

    private static CustomHeader? ReadHeader(YamlNode node, string path, FileScope scope)
    {
        if (FileMapping.Open(node, path, IntegrationKeys.Header, scope) is not { } header) return null;
        var (key, value) = (header.Word("key"), header.SecretText("value"));
        if (key is null && !scope.Errors.Has($"{path}.key")) scope.Errors.Add($"{path}.key", "is missing");
        // A header without a value is "".
        if (value is null && !scope.Errors.Has($"{path}.value")) scope.Errors.Add($"{path}.value", "is missing; \"\" for an empty one");
        return new CustomHeader(key ?? "", value ?? "");
    }

    private static RequestedDelivery ReadDelivery(FileMapping configuration)
    {
        if (configuration.Mapping("delivery", IntegrationKeys.Delivery, "delivery") is not { } delivery) return new RequestedDelivery();
        return new RequestedDelivery
        {
            MaxBatchEvents = delivery.WholeNumber("maxBatchEvents"),
            MaxBatchBytes = delivery.WholeNumber("maxBatchBytes"),
            MaxBatchDelayMs = delivery.WholeNumber("maxBatchDelayMs"),
            TimeoutMs = delivery.WholeNumber("timeoutMs"),
            MaxConcurrency = delivery.WholeNumber("maxConcurrency"),
            Ordered = delivery.Flag("ordered"),
            MaxRequestsPerSecond = delivery.Number("maxRequestsPerSecond"),
            Compression = delivery.Text("compression"),
            SignatureStyle = delivery.Text("signatureStyle"),
            StatusOverrides = delivery.Mapping("statusOverrides", known: null) is { } overrides
                ? [.. overrides.Keys.Select(status => KeyValuePair.Create(status, overrides.Text(status))).Where(static pair => pair.Value is not null)
                    .Select(static pair => KeyValuePair.Create(pair.Key, pair.Value!))]
                : null,
        };
    }
}
