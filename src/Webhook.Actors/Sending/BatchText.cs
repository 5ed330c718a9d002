namespace Webhook.Actors.Sending;

internal static class BatchText
{
    /// <summary>NDJSON has one event a line: valid JSON has raw line breaks only between tokens, where a space says the same.</summary>
    public static void ToOneLine(Span<byte> json)
    {
        for (int at; (at = json.IndexOfAny((byte)'\r', (byte)'\n')) >= 0; json = json[(at + 1)..]) json[at] = (byte)' ';
    }
}
