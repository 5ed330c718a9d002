using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;

namespace Webhook.Actors.Integrations;

/// <summary>
/// Everything that goes to the journal or between nodes, as JSON under a short manifest. Journals live long: a manifest is never given another meaning; a changed
/// shape gets the next version beside the old one, which stays readable, and is written one release after it can be read.
/// </summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly WireJson Types = WireJson.Default;

    private static readonly (string Manifest, JsonTypeInfo Type)[] Manifests =
    [
        ("i-created-v1", Types.IntegrationEventsCreated), ("i-changed-v1", Types.Changed), ("i-tested-v1", Types.Tested),
        ("i-enabled-v1", Types.Enabled), ("i-disabled-v1", Types.Disabled), ("i-deleted-v1", Types.IntegrationEventsDeleted),
        ("i-failed-v1", Types.DeliveryFailed), ("i-recovered-v1", Types.DeliveryRecovered), ("i-state-v1", Types.IntegrationState),

        ("c-added-v1", Types.IntegrationAdded), ("c-renamed-v1", Types.IntegrationRenamed), ("c-removed-v1", Types.IntegrationRemoved),
        ("c-state-v1", Types.Snapshot),

        ("ip-create-v1", Types.Create), ("ip-update-v1", Types.Update), ("ip-test-v1", Types.IntegrationProtocolTest), ("ip-enable-v1", Types.Enable),
        ("ip-disable-v1", Types.Disable), ("ip-delete-v1", Types.Delete), ("ip-get-v1", Types.Get), ("ip-wake-v1", Types.Wake),
        ("ip-current-v1", Types.Current), ("ip-test-done-v1", Types.TestDone), ("ip-test-failed-v1", Types.TestFailed),
        ("ip-deleted-v1", Types.IntegrationProtocolDeleted), ("ip-not-found-v1", Types.NotFound), ("ip-refused-v1", Types.Refused),
        ("ip-report-v1", Types.DeliveryReport),

        ("cp-add-v1", Types.Add), ("cp-rename-v1", Types.Rename), ("cp-remove-v1", Types.Remove), ("cp-find-v1", Types.Find), ("cp-list-v1", Types.List),
        ("cp-added-v1", Types.Added), ("cp-renamed-v1", Types.Renamed), ("cp-removed-v1", Types.Removed), ("cp-taken-v1", Types.NameTaken),
        ("cp-unknown-v1", Types.Unknown), ("cp-found-v1", Types.Found), ("cp-page-v1", Types.Page),

        ("l-open-v1", Types.Open), ("l-opened-v1", Types.Opened), ("l-run-v1", Types.Run), ("l-stop-v1", Types.Stop), ("l-remove-v1", Types.LaneProtocolRemove),
        ("l-stopped-v1", Types.Stopped), ("l-test-v1", Types.LaneProtocolTest), ("l-report-v1", Types.TestReport), ("l-get-progress-v1", Types.GetProgress),
        ("l-progress-v1", Types.Progress),
    ];

    private static readonly FrozenDictionary<Type, string> ManifestOf = Manifests.ToFrozenDictionary(static m => m.Type.Type, static m => m.Manifest);

    private static readonly FrozenDictionary<string, JsonTypeInfo> TypeOf =
        Manifests.ToFrozenDictionary(static m => m.Manifest, static m => m.Type, StringComparer.Ordinal);

    /// <summary>In every journal entry; never changes.</summary>
    public override int Identifier => 7301;

    public override string Manifest(object o) => ManifestOf.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType()} has no manifest; give it one in {nameof(WireSerializer)}.", nameof(o));

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, TypeOf[Manifest(obj)]);

    public override object FromBinary(byte[] bytes, string manifest) => TypeOf.TryGetValue(manifest, out var type)
        ? JsonSerializer.Deserialize(bytes, type)!
        : throw new ArgumentException($"The manifest '{manifest}' is unknown; it was written by a newer version.", nameof(manifest));
}

internal static class WireSerializerHosting
{
    public static AkkaConfigurationBuilder AddWireSerializer(this AkkaConfigurationBuilder builder) =>
        builder.WithCustomSerializer("webhook", [typeof(IWireMessage)], static system => new WireSerializer(system));
}
