using System.Text;

namespace Webhook.Server.Client;

/// <summary>A file that an option names; <c>-</c> is standard input.</summary>
internal static class InputFile
{
    public const string StandardInput = "-";

    /// <exception cref="ClientFailure">It cannot be read, or has more than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string file, int maxBytes)
    {
        try
        {
            using var stream = file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
            var buffer = new byte[maxBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= maxBytes ? buffer[..length] : throw ClientFailure.WrongUsage($"{NameOf(file)} has more than {maxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ClientFailure.WrongUsage($"{NameOf(file)} cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc cref="Read"/>
    public static string ReadText(string file, int maxBytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Read(file, maxBytes)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw ClientFailure.WrongUsage($"{NameOf(file)} is not UTF-8");
        }
    }

    private static string NameOf(string file) => file == StandardInput ? "standard input" : $"the file {file}";
}
