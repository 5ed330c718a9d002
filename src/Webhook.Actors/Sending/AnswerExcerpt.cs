using System.Buffers;
using System.Globalization;
using System.Text;

namespace Webhook.Actors.Sending;

/// <summary>
/// Reads a receiver's answer to its end so that the connection can be used again, within bounds: 64 KiB and 2 s; beyond them the connection is closed.
/// The status is known by then and stands whatever becomes of the body.
/// </summary>
internal static class AnswerExcerpt
{
    /// <summary>Bytes that people get to see.</summary>
    public const int MaxText = 4 * 1024;

    private const int MaxRead = 64 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <param name="keep">Bytes of the beginning that are wanted.</param>
    /// <returns>Them, and whether the answer has more than people get to see or was not read to its end.</returns>
    public static async Task<(ReadOnlyMemory<byte> Answer, bool IsTruncated)> ReadAsync(
        HttpResponseMessage response, int keep, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(MaxTime, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(keep * 2);
        try
        {
            var (kept, isTruncated) = await ReadAsync(response, buffer, keep, linked.Token).ConfigureAwait(false);
            return (kept == 0 ? default(ReadOnlyMemory<byte>) : buffer.AsSpan(0, kept).ToArray(), isTruncated || kept > MaxText);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The first 4 KiB as one line of text.</summary>
    public static string Text(ReadOnlyMemory<byte> answer) => OneLine(Encoding.UTF8.GetString(answer.Span[..Math.Min(answer.Length, MaxText)]));

    private static async Task<(int Kept, bool IsTruncated)> ReadAsync(HttpResponseMessage response, byte[] buffer, int keep, CancellationToken cancellation)
    {
        var (kept, hasMore) = (0, false);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            for (var total = 0; total < MaxRead;)
            {
                // The first part stays; what follows it is read over itself.
                var read = await body.ReadAsync(buffer.AsMemory(kept), cancellation).ConfigureAwait(false);
                if (read == 0) return (kept, hasMore);
                total += read;
                hasMore |= kept + read > keep;
                kept = Math.Min(kept + read, keep);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // A body that breaks off or never ends costs its connection, not the attempt.
        }

        return (kept, true);
    }

    /// <summary>What came from outside, as one line for logs and terminals: nothing that moves the cursor, breaks the line or turns the direction of writing.</summary>
    /// <param name="maxLength">In characters; what is longer ends with "…".</param>
    public static string OneLine(string text, int maxLength = int.MaxValue)
    {
        var line = string.Create(Math.Min(text.Length, maxLength), text, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++) chars[i] = IsPlain(source[i]) ? source[i] : ' ';
        });
        return text.Length > maxLength ? line + "…" : line;
    }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
