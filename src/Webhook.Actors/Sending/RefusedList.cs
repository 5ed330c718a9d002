using System.Text.Json;

namespace Webhook.Actors.Sending;

/// <summary>
/// A receiver may name the events that it refuses, with 207 (it has taken the others) or 422 (it has taken none):
/// <c>{"refused":[{"index":17,"reason":"no such tenant"}]}</c>. Then nothing needs to be bisected.
/// </summary>
internal static class RefusedList
{
    /// <summary>Bytes of an answer that are read for it.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxReasonLength = 500;

    /// <param name="answer">The answer's body, or its beginning.</param>
    /// <param name="events">Of the batch.</param>
    /// <returns>By index, each once; empty when it is no such answer. An index outside the batch and what is not of this form are passed over.</returns>
    public static IReadOnlyList<RefusedEvent> Read(ReadOnlyMemory<byte> answer, int events)
    {
        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("refused", out var list) || list.ValueKind != JsonValueKind.Array) return [];
            var refused = new SortedDictionary<int, RefusedEvent>();
            foreach (var entry in list.EnumerateArray())
            {
                if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("index", out var number)
                    && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var index) && index >= 0 && index < events)
                    refused.TryAdd(index, new RefusedEvent(index, ReasonOf(entry)));
            }

            return [.. refused.Values];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string ReasonOf(JsonElement entry)
    {
        if (!entry.TryGetProperty("reason", out var reason) || reason.ValueKind != JsonValueKind.String) return "the receiver named no reason";
        var text = reason.GetString()!;
        return AnswerExcerpt.OneLine(text.Length <= MaxReasonLength ? text : text[..MaxReasonLength]);
    }
}
