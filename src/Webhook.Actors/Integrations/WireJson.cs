using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhook.Actors.Integrations;

/// <summary>JSON of the wire types, generated at build time; their names in it are those of <see cref="WireSerializer"/>'s table.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(IntegrationIdConverter)])]
[JsonSerializable(typeof(IntegrationEvents.Created), TypeInfoPropertyName = "IntegrationEventsCreated")]
[JsonSerializable(typeof(IntegrationEvents.Changed))]
[JsonSerializable(typeof(IntegrationEvents.Tested))]
[JsonSerializable(typeof(IntegrationEvents.Enabled))]
[JsonSerializable(typeof(IntegrationEvents.Disabled))]
[JsonSerializable(typeof(IntegrationEvents.Deleted), TypeInfoPropertyName = "IntegrationEventsDeleted")]
[JsonSerializable(typeof(IntegrationEvents.DeliveryFailed))]
[JsonSerializable(typeof(IntegrationEvents.DeliveryRecovered))]
[JsonSerializable(typeof(IntegrationEvents.ReplayStarted))]
[JsonSerializable(typeof(IntegrationEvents.ReplayAdvanced))]
[JsonSerializable(typeof(IntegrationEvents.ReplayStopped))]
[JsonSerializable(typeof(IntegrationState))]
[JsonSerializable(typeof(CatalogEvents.IntegrationAdded))]
[JsonSerializable(typeof(CatalogEvents.IntegrationRenamed))]
[JsonSerializable(typeof(CatalogEvents.IntegrationRemoved))]
[JsonSerializable(typeof(CatalogEvents.Snapshot))]
[JsonSerializable(typeof(IntegrationProtocol.Create))]
[JsonSerializable(typeof(IntegrationProtocol.Update))]
[JsonSerializable(typeof(IntegrationProtocol.Test), TypeInfoPropertyName = "IntegrationProtocolTest")]
[JsonSerializable(typeof(IntegrationProtocol.Enable))]
[JsonSerializable(typeof(IntegrationProtocol.Disable))]
[JsonSerializable(typeof(IntegrationProtocol.Delete))]
[JsonSerializable(typeof(IntegrationProtocol.StartReplay))]
[JsonSerializable(typeof(IntegrationProtocol.StopReplay))]
[JsonSerializable(typeof(IntegrationProtocol.Get))]
[JsonSerializable(typeof(IntegrationProtocol.Wake))]
[JsonSerializable(typeof(IntegrationProtocol.Current))]
[JsonSerializable(typeof(IntegrationProtocol.TestDone))]
[JsonSerializable(typeof(IntegrationProtocol.TestFailed))]
[JsonSerializable(typeof(IntegrationProtocol.Deleted), TypeInfoPropertyName = "IntegrationProtocolDeleted")]
[JsonSerializable(typeof(IntegrationProtocol.NotFound))]
[JsonSerializable(typeof(IntegrationProtocol.Refused))]
[JsonSerializable(typeof(DeliveryReport))]
[JsonSerializable(typeof(ReplayDone))]
[JsonSerializable(typeof(CatalogProtocol.Add))]
[JsonSerializable(typeof(CatalogProtocol.Rename))]
[JsonSerializable(typeof(CatalogProtocol.Remove))]
[JsonSerializable(typeof(CatalogProtocol.Find))]
[JsonSerializable(typeof(CatalogProtocol.List))]
[JsonSerializable(typeof(CatalogProtocol.Added))]
[JsonSerializable(typeof(CatalogProtocol.Renamed))]
[JsonSerializable(typeof(CatalogProtocol.Removed))]
[JsonSerializable(typeof(CatalogProtocol.NameTaken))]
[JsonSerializable(typeof(CatalogProtocol.Unknown))]
[JsonSerializable(typeof(CatalogProtocol.Found))]
[JsonSerializable(typeof(CatalogProtocol.Page))]
[JsonSerializable(typeof(LaneProtocol.Open))]
[JsonSerializable(typeof(LaneProtocol.Opened))]
[JsonSerializable(typeof(LaneProtocol.Run))]
[JsonSerializable(typeof(LaneProtocol.Resume))]
[JsonSerializable(typeof(LaneProtocol.Stop))]
[JsonSerializable(typeof(LaneProtocol.Remove), TypeInfoPropertyName = "LaneProtocolRemove")]
[JsonSerializable(typeof(LaneProtocol.Stopped))]
[JsonSerializable(typeof(LaneProtocol.Test), TypeInfoPropertyName = "LaneProtocolTest")]
[JsonSerializable(typeof(LaneProtocol.TestReport))]
[JsonSerializable(typeof(LaneProtocol.Redeliver))]
[JsonSerializable(typeof(LaneProtocol.RedeliveryAnswer))]
[JsonSerializable(typeof(LaneProtocol.PlanReplay))]
[JsonSerializable(typeof(LaneProtocol.ReplayPlan))]
[JsonSerializable(typeof(LaneProtocol.GetProgress))]
[JsonSerializable(typeof(LaneProtocol.Progress))]
[JsonSerializable(typeof(CertificateUse.Describe))]
[JsonSerializable(typeof(CertificateUse.Claim))]
[JsonSerializable(typeof(CertificateUse.Uses))]
[JsonSerializable(typeof(CertificateUse.Described))]
[JsonSerializable(typeof(CertificateUse.Claimed))]
[JsonSerializable(typeof(CertificateUse.Gone))]
[JsonSerializable(typeof(CertificateUse.UsesKept))]
internal sealed partial class WireJson : JsonSerializerContext;

/// <summary>An id is a number on the wire.</summary>
internal sealed class IntegrationIdConverter : JsonConverter<IntegrationId>
{
    public override IntegrationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, IntegrationId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
