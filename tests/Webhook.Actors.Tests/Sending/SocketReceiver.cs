using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Webhook.Actors.Tests.Sending;

/// <summary>A listener on a free loopback port for receivers that do what no web server would: the test writes every byte of the answer.</summary>
internal sealed class SocketReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<NetworkStream, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _accepted;

    private SocketReceiver(IPAddress address, int port, Func<NetworkStream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener = new TcpListener(address, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://{_listener.LocalEndpoint}/hook");

    /// <summary>Connections so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <param name="serve">One connection; its end or failure closes it.</param>
    /// <param name="address">By default 127.0.0.1.</param>
    public static SocketReceiver Start(Func<NetworkStream, CancellationToken, Task> serve, IPAddress? address = null, int port = 0) => new(address ?? IPAddress.Loopback, port, serve);

    /// <summary>Reads a request's head, and its body as far as Content-Length says.</summary>
    /// <returns>The head, up to and with the empty line; "" when the connection ended before.</returns>
    public static async Task<string> ReadRequestAsync(NetworkStream connection, CancellationToken cancellation)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await connection.ReadAsync(one, cancellation) == 0) return "";
            head.Append((char)one[0]);
        }

        var length = head.ToString().Split("\r\n").Select(static line => line.Split(": "))
            .Where(static parts => parts[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(static parts => int.Parse(parts[1])).FirstOrDefault();
        await connection.ReadExactlyAsync(new byte[length], cancellation);
        return head.ToString();
    }

    public static ValueTask WriteAsync(NetworkStream connection, string text, CancellationToken cancellation) =>
        connection.WriteAsync(Encoding.Latin1.GetBytes(text), cancellation);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client.GetStream(), _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The sender closed the connection, or the test is over.
            }
        }
    }
}
