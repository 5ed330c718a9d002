using Microsoft.Extensions.Primitives;

namespace Webhook.Server.Ingest;

/// <summary>How a body is compressed.</summary>
internal enum ContentEncoding
{
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

/// <summary>The names of <see cref="ContentEncoding"/> in <c>Content-Encoding</c> (RFC 9110, 8.4).</summary>
internal static class ContentEncodings
{
    /// <summary>What is taken, as <c>Accept-Encoding</c> lists it.</summary>
    public const string Accepted = "gzip, br, zstd";

    /// <returns>false for an unknown encoding, and for one on top of another.</returns>
    public static bool TryParse(StringValues header, out ContentEncoding encoding)
    {
        encoding = ContentEncoding.Identity;
        foreach (var line in header)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var name = line.AsSpan()[part].Trim();
                if (name.IsEmpty || name.Equals("identity", StringComparison.OrdinalIgnoreCase)) continue;
                if (encoding != ContentEncoding.Identity || !TryParse(name, out encoding)) return false;
            }
        }

        return true;
    }

    public static string Name(ContentEncoding encoding) => encoding switch
    {
        ContentEncoding.Gzip => "gzip",
        ContentEncoding.Brotli => "br",
        ContentEncoding.Zstd => "zstd",
        _ => "identity",
    };

    // RFC 9110, 8.4.1.3: x-gzip is to be taken as gzip.
    private static bool TryParse(ReadOnlySpan<char> name, out ContentEncoding encoding)
    {
        encoding = name switch
        {
            _ when name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) => ContentEncoding.Gzip,
            _ when name.Equals("br", StringComparison.OrdinalIgnoreCase) => ContentEncoding.Brotli,
            _ when name.Equals("zstd", StringComparison.OrdinalIgnoreCase) => ContentEncoding.Zstd,
            _ => ContentEncoding.Identity,
        };
        return encoding != ContentEncoding.Identity;
    }
}
