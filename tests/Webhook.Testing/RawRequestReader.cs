using System.Buffers;
using System.Globalization;
using System.Text;

namespace Webhook.Testing;

/// <summary>The head of a request: the line and the fields, before the body is read.</summary>
public sealed record RawHead(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>null: the body comes in chunks.</summary>
    public int? ContentLength { get; init; }
}

/// <summary>The sender did not keep to HTTP/1.1.</summary>
public sealed class MalformedRequestException(string message) : Exception(message);

/// <summary>
/// Reads HTTP/1.1 requests as strictly as RFC 9112 allows: lines end with CRLF, no folding, no white space before a colon, one Host, and exactly one of Content-Length and chunks.
/// What a lenient server would let pass is a fault of the sender here.
/// </summary>
public sealed class RawRequestReader(Stream stream)
{
    private const int MaxHead = 64 * 1024;
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>null: the connection ended between requests.</summary>
    public async Task<RawHead?> ReadHeadAsync(CancellationToken cancellation)
    {
        if (_start == _end && !await FillAsync(cancellation)) return null;
        var line = await ReadLineAsync(cancellation);
        var parts = line.Split(' ');
        if (parts is not [var method, ['/', ..] path, "HTTP/1.1"] || !IsToken(method)) throw new MalformedRequestException($"The request line is '{line}'.");

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var size = line.Length; await ReadLineAsync(cancellation) is { Length: > 0 } field;)
        {
            size += field.Length;
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            if (size > MaxHead || colon < 1 || !IsToken(field[..colon])) throw new MalformedRequestException($"The header line is '{field}'.");
            if (!headers.TryAdd(field[..colon], field[(colon + 1)..].Trim(' ', '\t'))) throw new MalformedRequestException($"The header {field[..colon]} comes twice.");
        }

        if (!headers.ContainsKey("Host")) throw new MalformedRequestException("There is no Host.");
        return new RawHead(method, path, headers) { ContentLength = Length(headers) };
    }

    public async Task<byte[]> ReadBodyAsync(RawHead head, CancellationToken cancellation)
    {
        if (head.ContentLength is { } length) return await ReadExactlyAsync(length, cancellation);
        using var body = new MemoryStream();
        while (true)
        {
            var size = await ReadLineAsync(cancellation);
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bytes) || bytes < 0) throw new MalformedRequestException($"The chunk's size is '{size}'.");
            body.Write(await ReadExactlyAsync(bytes, cancellation));
            var end = await ReadLineAsync(cancellation);
            if (end.Length > 0) throw new MalformedRequestException($"'{end}' follows a chunk.");
            if (bytes == 0) return body.ToArray();
        }
    }

    /// <summary>Reads this many bytes of whatever comes.</summary>
    public async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        var buffered = Math.Min(count, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(bytes);
        _start += buffered;
        await stream.ReadExactlyAsync(bytes.AsMemory(buffered), cancellation);
        return bytes;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0)
        {
            if (_end - _start > MaxHead) throw new MalformedRequestException("A line does not end.");
            if (!await FillAsync(cancellation)) throw new EndOfStreamException("The connection ended in the middle of a request.");
        }

        var line = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length + 1;
        if (!line.EndsWith('\r') || line.AsSpan()[..^1].Contains('\r')) throw new MalformedRequestException($"The line '{line}' does not end with CR LF.");
        return line[..^1];
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }

    private static int? Length(Dictionary<string, string> headers)
    {
        var isChunked = headers.TryGetValue("Transfer-Encoding", out var encoding);
        if (isChunked && encoding != "chunked") throw new MalformedRequestException($"The Transfer-Encoding is '{encoding}'.");
        if (isChunked == headers.TryGetValue("Content-Length", out var text)) throw new MalformedRequestException("A request with a body has a Content-Length or chunks, not both and not neither.");
        if (isChunked) return null;
        return text!.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && int.TryParse(text, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new MalformedRequestException($"The Content-Length is '{text}'.");
    }

    private static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
