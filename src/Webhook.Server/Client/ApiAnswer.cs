using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Webhook.Server.Client;

/// <summary>What the API answered to a call that succeeded.</summary>
internal sealed record ApiAnswer(int Status, byte[] Body)
{
    /// <exception cref="ClientFailure">It is not what this program knows.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw ClientFailure.Unavailable($"the server answered what this version ({Product.Version}) cannot read: {e.Message}");
        }
    }
}

/// <summary>A refusal as the API writes it; anything may be missing where something else answered in its place.</summary>
internal sealed record AnsweredError(string? Type, string? Message, IReadOnlyList<string>? Details)
{
    public static AnsweredError? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AnsweredErrorJson.Default.AnsweredError) is { Message: not null } error ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(AnsweredError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class AnsweredErrorJson : JsonSerializerContext;
