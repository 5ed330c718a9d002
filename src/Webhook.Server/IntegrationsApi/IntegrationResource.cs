using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>An integration as the API shows it: all values, also the defaults; never the secret.</summary>
/// <param name="ManagedBy">The configuration file in which alone it is changed; absent: the API changes it.</param>
internal sealed record IntegrationResource(
    long Id, string Type, string Name, bool IsEnabled, IReadOnlyList<string> Channels, ConnectionResource ConnectionInfo, DeliveryResource Delivery,
    string? ManagedBy)
{
    public static IntegrationResource Of(IntegrationView view)
    {
        var (settings, delivery) = (view.Settings, view.Settings.Delivery);
        return new IntegrationResource(
            view.Id.Value, SettingNames.Types.NameOf(settings.Type)!, view.Name, view.Current.IsEnabled, settings.Channels,
            new ConnectionResource(
                settings.Endpoint.OriginalString, SettingNames.Authentications.NameOf(settings.Authentication), settings.CertificateId, settings.CaCertificateId,
                [.. settings.Headers.Select(static h => new HeaderResource(h.Key, h.Value))], settings.IsInsecure,
                SettingNames.Outputs.NameOf(settings.Output), SettingNames.TimestampFormats.NameOf(settings.TimestampResolution)),
            new DeliveryResource(
                delivery.MaxBatchEvents, delivery.MaxBatchBytes, delivery.MaxBatchDelayMs, delivery.TimeoutMs, delivery.MaxConcurrency, delivery.Ordered,
                delivery.MaxRequestsPerSecond, SettingNames.Compressions.NameOf(delivery.Compression), SettingNames.SignatureStyles.NameOf(delivery.SignatureStyle),
                delivery.StatusOverrides?.ToDictionary(static o => o.Status.ToString(CultureInfo.InvariantCulture), static o => SettingNames.StatusMeanings.NameOf(o.Outcome)!)),
            view.File);
    }
}

internal sealed record ConnectionResource(
    string Endpoint, string? Auth, long? CertificateId, long? CaCertificateId, IReadOnlyList<HeaderResource> Headers, bool IsInsecure, string? Output, string? TimestampFormat);

internal sealed record HeaderResource(string Key, string Value);

internal sealed record DeliveryResource(
    int MaxBatchEvents, int MaxBatchBytes, int MaxBatchDelayMs, int TimeoutMs, int? MaxConcurrency, bool Ordered, double? MaxRequestsPerSecond,
    string? Compression, string? SignatureStyle, IReadOnlyDictionary<string, string>? StatusOverrides);

internal sealed record ListResource<T>(IReadOnlyList<T> Data);

/// <summary>A test's report. It is an answer, not an error, also when the test failed.</summary>
internal sealed record TestResource(bool Succeeded, IReadOnlyList<StageResource> Stages, int? StatusCode, string? Error)
{
    public static TestResource Of(LaneProtocol.TestReport report) => new(
        report.Succeeded, [.. report.Stages.Select(static s => new StageResource(s.Name, s.Succeeded, s.Milliseconds, s.Detail))], report.StatusCode, report.Error);
}

internal sealed record StageResource(string Name, bool Succeeded, double Milliseconds, string? Detail);

internal sealed record PositionResource(int Partition, long Sequence);

internal sealed record ErrorsResource(int Count, IReadOnlyList<ErrorResource> Data);

internal sealed record ErrorResource(string Error, DateTime Timestamp);

[JsonSerializable(typeof(IntegrationResource))]
[JsonSerializable(typeof(ListResource<IntegrationResource>), TypeInfoPropertyName = "IntegrationList")]
[JsonSerializable(typeof(ListResource<string>), TypeInfoPropertyName = "NameList")]
[JsonSerializable(typeof(TestResource))]
[JsonSerializable(typeof(StatusResource))]
[JsonSerializable(typeof(ErrorsResource))]
[JsonSerializable(typeof(RotationResource))]
[JsonSerializable(typeof(EgressResource))]
internal sealed partial class IntegrationsJson : JsonSerializerContext
{
    public static IntegrationsJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
