using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Server.Access;

namespace Webhook.Server.AccessApi;

/// <summary>An access key as the API shows it; never its hash.</summary>
/// <param name="LastUsedAt">Since the start of the process, to the second; absent when not.</param>
internal sealed record KeyResource(string Name, string Role, DateTime CreatedAt, DateTime? LastUsedAt)
{
    public static KeyResource Of(ActiveKey active) =>
        new(active.Key.Name, AccessRoles.NameOf(active.Key.Role), active.Key.CreatedAt.UtcDateTime, active.LastUsedAt?.UtcDateTime);
}

/// <summary>The only answer that holds a token.</summary>
internal sealed record NewKeyResource(string Name, string Role, DateTime CreatedAt, string Token)
{
    public override string ToString() => $"new key {Name}";
}

internal sealed record KeyList(IReadOnlyList<KeyResource> Data);

[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(NewKeyResource))]
internal sealed partial class KeyJson : JsonSerializerContext
{
    public static KeyJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
