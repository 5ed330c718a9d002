using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>Says what a JSON reader found wrong in terms of the whole body: a byte offset instead of a line and column.</summary>
internal static class JsonFault
{
    public static int Place(JsonException e, ReadOnlySpan<byte> json)
    {
        var place = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--) place += json[place..].IndexOf((byte)'\n') + 1;
        return Math.Min(place + (int)(e.BytePositionInLine ?? 0), json.Length);
    }

    /// <summary>Without a full stop at its end.</summary>
    public static string Text(JsonException e)
    {
        var place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = place < 0 ? e.Message : e.Message[..place];

        // An advice to whoever calls the library, which the producer does not.
        return text.Replace(" Change the reader options.", "", StringComparison.Ordinal).TrimEnd('.');
    }
}
