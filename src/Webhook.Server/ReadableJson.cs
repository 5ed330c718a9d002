using System.Text.Encodings.Web;
using System.Text.Json;

namespace Webhook.Server;

/// <summary>How answers are written: names in camel case, quotes and letters of all scripts as they are. They are for terminals and programs, never a part of a page.</summary>
internal static class ReadableJson
{
    /// <summary>New ones for each serializer context, which makes them its own.</summary>
    public static JsonSerializerOptions NewOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
