using System.Buffers;
using System.Text;

namespace Webhook.Actors.Sending;

/// <summary>
/// Reads a receiver's answer to its end so that the connection can be used again, within bounds: 64 KiB and 2 s; beyond them the connection is closed.
/// The status is known by then and stands whatever becomes of the body.
/// </summary>
internal static class AnswerExcerpt
{
    public const int MaxKept = 4 * 1024;
    private const int MaxRead = 64 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <returns>The first 4 KiB as one line of text.</returns>
    public static async Task<string> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(MaxTime, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxKept * 2);
        try
        {
            return Text(buffer.AsSpan(0, await ReadAsync(response, buffer, linked.Token).ConfigureAwait(false)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadAsync(HttpResponseMessage response, byte[] buffer, CancellationToken cancellation)
    {
        var kept = 0;
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            for (var total = 0; total < MaxRead;)
            {
                // The first part stays; what follows it is read over itself.
                var read = await body.ReadAsync(buffer.AsMemory(kept), cancellation).ConfigureAwait(false);
                if (read == 0) break;
                total += read;
                kept = Math.Min(kept + read, MaxKept);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // A body that breaks off or never ends costs its connection, not the attempt.
        }

        return kept;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        var text = Encoding.UTF8.GetString(bytes);
        return string.Create(text.Length, text, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++) chars[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
