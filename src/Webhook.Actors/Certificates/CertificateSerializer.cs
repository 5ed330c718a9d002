using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>The certificates' journal and messages, by the rules of <see cref="WireSerializer"/>.</summary>
public sealed class CertificateSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly CertificateJson Types = CertificateJson.Default;

    private static readonly ManifestTable Manifests = new(
        nameof(CertificateSerializer),

        ("x-key-kept-v1", Types.EventKeyKept), ("x-key-dropped-v1", Types.KeyDropped), ("x-added-v1", Types.Added), ("x-renewed-v1", Types.Renewed),
        ("x-deleted-v1", Types.EventDeleted), ("x-uses-v1", Types.UsesChanged), ("x-warned-v1", Types.ExpiryWarned), ("x-state-v1", Types.Snapshot),

        ("xp-keep-key-v1", Types.KeepKey), ("xp-find-key-v1", Types.FindKey), ("xp-add-v1", Types.Add), ("xp-renew-v1", Types.Renew),
        ("xp-delete-v1", Types.Delete), ("xp-get-v1", Types.Get), ("xp-list-v1", Types.List), ("xp-open-v1", Types.Open),
        ("xp-key-kept-v1", Types.ReplyKeyKept), ("xp-key-found-v1", Types.KeyFound), ("xp-done-v1", Types.Done), ("xp-no-key-v1", Types.NoKey),
        ("xp-full-v1", Types.Full), ("xp-unknown-v1", Types.Unknown), ("xp-deleted-v1", Types.ReplyDeleted), ("xp-in-use-v1", Types.InUse),
        ("xp-page-v1", Types.Page), ("xp-opened-v1", Types.Opened), ("xp-unchanged-v1", Types.Unchanged));

    /// <summary>In every journal entry; never changes.</summary>
    public override int Identifier => 7302;

    public override string Manifest(object o) => Manifests.ManifestOf(o);

    public override byte[] ToBinary(object obj) => Manifests.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => Manifests.Read(bytes, manifest);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(IntegrationIdConverter)])]
[JsonSerializable(typeof(CertificateEvents.KeyKept), TypeInfoPropertyName = "EventKeyKept")]
[JsonSerializable(typeof(CertificateEvents.KeyDropped))]
[JsonSerializable(typeof(CertificateEvents.Added))]
[JsonSerializable(typeof(CertificateEvents.Renewed))]
[JsonSerializable(typeof(CertificateEvents.Deleted), TypeInfoPropertyName = "EventDeleted")]
[JsonSerializable(typeof(CertificateEvents.UsesChanged))]
[JsonSerializable(typeof(CertificateEvents.ExpiryWarned))]
[JsonSerializable(typeof(CertificateEvents.Snapshot))]
[JsonSerializable(typeof(CertificateProtocol.KeepKey))]
[JsonSerializable(typeof(CertificateProtocol.FindKey))]
[JsonSerializable(typeof(CertificateProtocol.Add))]
[JsonSerializable(typeof(CertificateProtocol.Renew))]
[JsonSerializable(typeof(CertificateProtocol.Delete))]
[JsonSerializable(typeof(CertificateProtocol.Get))]
[JsonSerializable(typeof(CertificateProtocol.List))]
[JsonSerializable(typeof(CertificateProtocol.Open))]
[JsonSerializable(typeof(CertificateProtocol.KeyKept), TypeInfoPropertyName = "ReplyKeyKept")]
[JsonSerializable(typeof(CertificateProtocol.KeyFound))]
[JsonSerializable(typeof(CertificateProtocol.Done))]
[JsonSerializable(typeof(CertificateProtocol.NoKey))]
[JsonSerializable(typeof(CertificateProtocol.Full))]
[JsonSerializable(typeof(CertificateProtocol.Unknown))]
[JsonSerializable(typeof(CertificateProtocol.Deleted), TypeInfoPropertyName = "ReplyDeleted")]
[JsonSerializable(typeof(CertificateProtocol.InUse))]
[JsonSerializable(typeof(CertificateProtocol.Page))]
[JsonSerializable(typeof(CertificateProtocol.Opened))]
[JsonSerializable(typeof(CertificateProtocol.Unchanged))]
internal sealed partial class CertificateJson : JsonSerializerContext;

internal static class CertificateSerializerHosting
{
    public static AkkaConfigurationBuilder AddCertificateSerializer(this AkkaConfigurationBuilder builder) =>
        builder.WithCustomSerializer("webhook-certificates", [typeof(ICertificateMessage)], static system => new CertificateSerializer(system));
}
