using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Webhook.Testing;

/// <summary>One connection of a <see cref="RawReceiver"/>, byte by byte in the hands of its behaviour.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Func<RawHead, byte[], ReceivedRequest> _receive;
    private readonly Action<ReceivedRequest> _take;
    private Stream _stream;
    private RawRequestReader _reader;

    internal RawConnection(Socket socket, Func<RawHead, byte[], ReceivedRequest> receive, Action<ReceivedRequest> take, CancellationToken ended)
    {
        _socket = socket;
        _receive = receive;
        _take = take;
        Ended = ended;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new RawRequestReader(_stream);
    }

    /// <summary>The receiver behaves otherwise now, or is gone.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The TLS handshake, as a server.</summary>
    public async Task SecureAsync(X509Certificate2 certificate)
    {
        var secure = new SslStream(_stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Ended);
        _stream = secure;
        _reader = new RawRequestReader(secure);
    }

    /// <summary>null: the sender closed the connection between requests.</summary>
    public Task<RawHead?> ReadHeadAsync() => _reader.ReadHeadAsync(Ended);

    /// <summary>The next request as a whole; null: as above.</summary>
    public async Task<ReceivedRequest?> ReadRequestAsync() => await ReadHeadAsync() is { } head ? await ReadRestAsync(head) : null;

    public async Task<ReceivedRequest> ReadRestAsync(RawHead head) => _receive(head, await _reader.ReadBodyAsync(head, Ended));

    public Task ReadAsync(int bytes) => _reader.ReadExactlyAsync(bytes, Ended);

    /// <summary>The receiver has it from now on, whatever the sender learns of it.</summary>
    public void Take(ReceivedRequest request) => _take(request);

    public async Task WriteAsync(string text) => await WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes, Ended);
        await _stream.FlushAsync(Ended);
    }

    /// <param name="head">Header lines, each ended with CR LF.</param>
    public Task AnswerAsync(int status, string head = "Content-Length: 0\r\n", string body = "") => WriteAsync($"HTTP/1.1 {status} Text\r\n{head}\r\n{body}");

    /// <summary>One byte a second, until the sender has had enough.</summary>
    public async Task WriteSlowlyAsync(string text)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        foreach (var character in text)
        {
            await WriteAsync(character.ToString());
            await second.WaitForNextTickAsync(Ended);
        }
    }

    /// <summary>Until the sender has had enough.</summary>
    public async Task WriteForEverAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        while (true) await WriteAsync(bytes);
    }

    /// <summary>Nothing more happens here until the receiver behaves otherwise: the sender must find its own way out.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, Ended);

    /// <summary>FIN: nothing more comes from here; what comes from the sender is still read by nobody.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>RST, at once.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _stream.Dispose();
}
