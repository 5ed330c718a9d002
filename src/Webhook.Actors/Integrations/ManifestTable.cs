using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Webhook.Actors.Integrations;

/// <summary>The types of one serializer, each as JSON under its manifest: what a serializer writes and reads.</summary>
/// <param name="serializer">For the errors: where a missing manifest belongs.</param>
internal sealed class ManifestTable(string serializer, params (string Manifest, JsonTypeInfo Type)[] entries)
{
    private readonly FrozenDictionary<Type, string> _manifestOf = entries.ToFrozenDictionary(static m => m.Type.Type, static m => m.Manifest);

    private readonly FrozenDictionary<string, JsonTypeInfo> _typeOf =
        entries.ToFrozenDictionary(static m => m.Manifest, static m => m.Type, StringComparer.Ordinal);

    public string ManifestOf(object o) => _manifestOf.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType()} has no manifest; give it one in {serializer}.", nameof(o));

    public byte[] Write(object o) => JsonSerializer.SerializeToUtf8Bytes(o, _typeOf[ManifestOf(o)]);

    public object Read(byte[] bytes, string manifest) => _typeOf.TryGetValue(manifest, out var type)
        ? JsonSerializer.Deserialize(bytes, type)!
        : throw new ArgumentException($"The manifest '{manifest}' is unknown; it was written by a newer version.", nameof(manifest));
}
