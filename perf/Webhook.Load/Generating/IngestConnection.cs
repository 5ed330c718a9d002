using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Webhook.Load.Http;

namespace Webhook.Load.Generating;

/// <summary>One connection, one request at a time. Connects when it is needed, and anew after whatever went wrong.</summary>
internal sealed class IngestConnection(Uri address) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private Stream? _stream;
    private HttpMessageReader? _reader;
    private long _busySince = long.MaxValue;

    /// <returns>The answer's status.</returns>
    /// <exception cref="IOException">No connection, or none to the end.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        Volatile.Write(ref _busySince, Clock.Micros);
        try
        {
            if (_stream is null) await ConnectAsync(cancellation);
            await _stream!.WriteAsync(request, cancellation);
            var head = await ReadHeadAsync(cancellation);
            await _reader!.ReadBodyAsync(head, cancellation);
            if (head.IsLast) Dispose();
            return head.Status;
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or ObjectDisposedException)
        {
            Dispose();
            throw new IOException(e.Message, e);
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busySince, long.MaxValue);
        }
    }

    /// <summary>The exchange under way then fails. Called from outside now and then: a timer for each of 100,000 requests a second would cost more than they do.</summary>
    public void BreakOffIfStuck()
    {
        if (Clock.Micros - Volatile.Read(ref _busySince) > Timeout.ToMicros()) _stream?.Dispose();
    }

    public void Dispose()
    {
        _stream?.Dispose();
        (_stream, _reader) = (null, null);
    }

    private async ValueTask<HttpHead> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var head = await _reader!.ReadHeadAsync(cancellation) ?? throw new EndOfStreamException("The connection was closed instead of an answer.");
            if (head.Status >= 200) return head;
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Timeout);
            await socket.ConnectAsync(address.IdnHost, address.Port, deadline.Token);
            _stream = new NetworkStream(socket, ownsSocket: true);
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                var tls = new SslStream(_stream);
                _stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, deadline.Token);
            }

            _reader = new HttpMessageReader(_stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
