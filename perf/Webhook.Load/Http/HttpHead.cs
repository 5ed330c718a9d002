using System.Buffers.Text;
using System.Text;

namespace Webhook.Load.Http;

/// <summary>What of a request's or an answer's head has to be known to read on. Everything else is skipped: parsing all of it would cost more than what is measured.</summary>
internal readonly struct HttpHead
{
    private HttpHead(int bytes, int status, int integration) => (Bytes, Status, Integration) = (bytes, status, integration);

    /// <summary>Length of the head with its empty line.</summary>
    public int Bytes { get; }

    /// <summary>Of an answer.</summary>
    public int Status { get; }

    /// <summary>Of a request: the number at the end of its path, else 0.</summary>
    public int Integration { get; }

    /// <summary>-1: not said.</summary>
    public long ContentLength { get; private init; } = -1;
    public bool IsChunked { get; private init; }
    public bool IsLast { get; private init; }
    public bool ExpectsContinue { get; private init; }

    /// <summary>Null: as it is.</summary>
    public string? Encoding { get; private init; }

    /// <returns>False when the head is not there to its end.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out HttpHead head)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        head = default;
        if (end < 0) return false;
        var lines = bytes[..end];
        var first = TakeLine(ref lines);
        head = first.StartsWith("HTTP/1."u8)
            ? new HttpHead(end + 4, Utf8Parser.TryParse(first[9..], out int status, out _) ? status : 0, 0)
            : new HttpHead(end + 4, 0, IntegrationOf(first)) { IsLast = first.EndsWith("HTTP/1.0"u8) };
        while (!lines.IsEmpty) head = head.With(TakeLine(ref lines));
        return true;
    }

    private HttpHead With(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0) return this;
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim((byte)' ');

        // By length first: nearly every header is none of these.
        return name.Length switch
        {
            6 when Is(name, "expect"u8) => this with { ExpectsContinue = Is(value, "100-continue"u8) },
            10 when Is(name, "connection"u8) => this with { IsLast = IsLast ? !Is(value, "keep-alive"u8) : Is(value, "close"u8) },
            14 when Is(name, "content-length"u8) => this with { ContentLength = Utf8Parser.TryParse(value, out long length, out _) ? length : -1 },
            16 when Is(name, "content-encoding"u8) => this with { Encoding = Is(value, "identity"u8) ? null : System.Text.Encoding.ASCII.GetString(value) },
            17 when Is(name, "transfer-encoding"u8) => this with { IsChunked = Is(value, "chunked"u8) },
            _ => this,
        };
    }

    private static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(value, lower);

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf("\r\n"u8);
        var line = end < 0 ? lines : lines[..end];
        lines = end < 0 ? default : lines[(end + 2)..];
        return line;
    }

    // POST /hook/17 HTTP/1.1
    private static int IntegrationOf(ReadOnlySpan<byte> first)
    {
        var path = first[(first.IndexOf((byte)' ') + 1)..];
        path = path[..Math.Max(0, path.IndexOf((byte)' '))];
        return Utf8Parser.TryParse(path[(path.LastIndexOf((byte)'/') + 1)..], out int number, out _) ? number : 0;
    }
}
