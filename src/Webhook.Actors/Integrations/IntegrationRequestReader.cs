using System.Text.Json;

namespace Webhook.Actors.Integrations;

/// <summary>Reads the API's body of an integration. Nothing is passed over: unknown members and wrong types are errors, each with its place.</summary>
internal static class IntegrationRequestReader
{
    /// <returns>null when it is no JSON object; what it holds otherwise, complete as far as <paramref name="errors"/> does not say otherwise.</returns>
    public static IntegrationRequest? Read(ReadOnlyMemory<byte> body, SettingErrors errors) => RequestObject.ReadBody(body, errors, Read);

    private static IntegrationRequest? Read(JsonElement body, SettingErrors errors)
    {
        if (RequestObject.Open(body, "", errors, "type", "name", "isEnabled", "channels", "connectionInfo", "delivery") is not { } json) return null;
        return new IntegrationRequest
        {
            Type = json.Text("type"),
            Name = json.Text("name"),
            IsEnabled = json.Flag("isEnabled"),
            Channels = json.List("channels", RequestObject.TextOf),
            Connection = ReadConnection(json),
            Delivery = ReadDelivery(json),
        };
    }

    private static RequestedConnection ReadConnection(RequestObject parent)
    {
        var json = parent.Object(
            "connectionInfo", "endpoint", "auth", "secret", "certificateId", "caCertificateId", "headers", "isInsecure", "output", "timestampFormat");
        if (json is null) return new RequestedConnection();
        return new RequestedConnection
        {
            Endpoint = json.Text("endpoint"),
            Authentication = json.Text("auth"),
            Secret = json.Text("secret") is { } secret ? new SecretText(secret) : null,
            CertificateId = json.WholeNumber("certificateId"),
            CaCertificateId = json.WholeNumber("caCertificateId"),
            Headers = json.List("headers", ReadHeader),
            IsInsecure = json.Flag("isInsecure"),
            Output = json.Text("output"),
            TimestampFormat = json.Text("timestampFormat"),
        };
    }

    private static CustomHeader? ReadHeader(JsonElement element, string path, SettingErrors errors)
    {
        if (RequestObject.Open(element, path, errors, "key", "value") is not { } json) return null;
        var (key, value) = (json.Text("key"), json.Text("value"));
        if (key is null && !errors.Has($"{path}.key")) errors.Add($"{path}.key", "is missing");
        if (value is null && !errors.Has($"{path}.value")) errors.Add($"{path}.value", "is missing");
        return key is null || value is null ? null : new CustomHeader(key, value);
    }

    private static RequestedDelivery ReadDelivery(RequestObject parent)
    {
        var json = parent.Object(
            "delivery", "maxBatchEvents", "maxBatchBytes", "maxBatchDelayMs", "timeoutMs", "maxConcurrency", "ordered", "maxRequestsPerSecond",
            "compression", "signatureStyle", "statusOverrides");
        if (json is null) return new RequestedDelivery();
        return new RequestedDelivery
        {
            MaxBatchEvents = json.WholeNumber("maxBatchEvents"),
            MaxBatchBytes = json.WholeNumber("maxBatchBytes"),
            MaxBatchDelayMs = json.WholeNumber("maxBatchDelayMs"),
            TimeoutMs = json.WholeNumber("timeoutMs"),
            MaxConcurrency = json.WholeNumber("maxConcurrency"),
            Ordered = json.Flag("ordered"),
            MaxRequestsPerSecond = json.Number("maxRequestsPerSecond"),
            Compression = json.Text("compression"),
            SignatureStyle = json.Text("signatureStyle"),
            StatusOverrides = json.Texts("statusOverrides"),
        };
    }
}
