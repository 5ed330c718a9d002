using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Webhook.Server.IntegrationFiles;

/// <summary>The text of a configuration file: bounded, UTF-8, without characters that nobody sees.</summary>
internal static class ConfigurationFile
{
    public const int MaxBytes = 1024 * 1024;

    private const char ByteOrderMark = '\uFEFF';

    /// <returns>null, and an error, when it cannot be read.</returns>
    public static string? Read(string path, FileErrors errors)
    {
        if (ReadBytes(path, errors) is not { } bytes) return null;
        if (bytes is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
        {
            errors.Add(path, null, null, "is UTF-16; save it as UTF-8");
            return null;
        }

        var characters = new char[bytes.Length];
        var status = Utf8.ToUtf16(bytes, characters, out var read, out var length, replaceInvalidSequences: false);
        var text = new string(characters, 0, length);
        if (text.StartsWith(ByteOrderMark)) text = text[1..];
        if (status != OperationStatus.Done)
            errors.Add(path, EndOf(text), null, string.Create(CultureInfo.InvariantCulture, $"the byte 0x{bytes[read]:X2} here is not UTF-8; save the file as UTF-8"));
        else if (IndexOfHidden(text) is var hidden and >= 0)
            errors.Add(path, EndOf(text.AsSpan(0, hidden)), null, string.Create(CultureInfo.InvariantCulture, $"holds the character U+{(int)text[hidden]:X4}, which nobody sees; remove it"));
        else
            return text;
        return null;
    }

    private static byte[]? ReadBytes(string path, FileErrors errors)
    {
        try
        {
            if (Directory.Exists(path))
            {
                errors.Add(path, null, null, "is a folder; name the file in it");
                return null;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            // One byte more than may be there tells that it is too much; also of a pipe, which does not know its length.
            var buffer = new byte[MaxBytes + 1];
            var bytes = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (bytes <= MaxBytes) return buffer[..bytes];
            errors.Add(path, null, null, $"has more than {MaxBytes} bytes; is it the right file?");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.Add(path, null, null, "there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            errors.Add(path, null, null, $"may not be read by the user {Environment.UserName}; give it the right to");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            errors.Add(path, null, null, $"cannot be read: {e.Message}");
        }

        return null;
    }

    private static FilePlace EndOf(ReadOnlySpan<char> text) => new(text.Count('\n') + 1, text.Length - text.LastIndexOf('\n'));

    // Control characters, and what some readers take for the end of a line and others do not.
    private static int IndexOfHidden(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r')) || text[i] is '\u2028' or '\u2029' or ByteOrderMark) return i;
        }

        return -1;
    }
}
