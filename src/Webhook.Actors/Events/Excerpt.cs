using System.Text;

namespace Webhook.Actors.Events;

/// <summary>The start of a value, for error messages.</summary>
internal static class Excerpt
{
    private const int MaxBytes = 40;

    public static string Of(ReadOnlySpan<byte> text) =>
        text.Length <= MaxBytes ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..MaxBytes]) + "…";
}
