using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Webhook.Load.Receiving;

/// <summary>Listens, keeps the connections, and can go down and come back at the same port.</summary>
internal sealed class DeliveryServer : IDisposable
{
    private readonly Func<Socket, Task> _serve;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private Socket? _listener;

    public DeliveryServer(IPEndPoint address, Func<Socket, Task> serve)
    {
        _serve = serve;
        Address = address;
        Start();
    }

    /// <summary>With the port that was chosen when 0 was asked for.</summary>
    public IPEndPoint Address { get; private set; }

    public bool IsDown => _listener is null;

    public void Start()
    {
        if (_listener is not null) return;
        var listener = new Socket(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(Address);
            listener.Listen(4096);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        Address = (IPEndPoint)listener.LocalEndPoint!;
        _listener = listener;
        _ = Task.Run(() => AcceptAsync(listener));
    }

    /// <summary>Refuses new connections and resets the open ones.</summary>
    public void Stop()
    {
        _listener?.Dispose();
        _listener = null;

        // At once, with a reset: nobody waits for what is under way.
        foreach (var (socket, _) in _open) socket.Close(timeout: 0);
    }

    public void Dispose() => Stop();

    private async Task AcceptAsync(Socket listener)
    {
        while (listener == _listener)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // A connection that was gone before it was accepted, or the listener's end.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        _open[socket] = true;
        try
        {
            if (IsDown) return;
            socket.NoDelay = true;
            await _serve(socket);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidDataException or InvalidOperationException)
        {
            // The other side broke off, or this side went down.
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
