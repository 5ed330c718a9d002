using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhook.Server.LiveApi;

[JsonSerializable(typeof(OverviewResource))]
[JsonSerializable(typeof(LiveDeliveryResource))]
[JsonSerializable(typeof(DroppedResource))]
internal sealed partial class LiveJson : JsonSerializerContext
{
    public static LiveJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
