using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Webhook.Testing;

/// <summary>What a <see cref="RawReceiver"/> does with one connection, from accept to close.</summary>
public delegate Task RawBehaviour(RawConnection connection);

/// <summary>
/// A receiver on raw sockets that does whatever its behaviour says, however wrong. Keeps the requests that the behaviour takes, and what was wrong with the requests themselves.
/// </summary>
public sealed class RawReceiver : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<ReceivedRequest> _taken = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Task _accepting;
    private volatile Act _act;
    private int _number;

    private RawReceiver(RawBehaviour behaviour, string scheme)
    {
        _act = new Act(behaviour);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Url = new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/hook");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>What the receiver has, so that the oracle can judge.</summary>
    public IReadOnlyList<ReceivedRequest> Taken => [.. _taken];

    /// <summary>Where the sender broke the rules of HTTP/1.1; must stay empty.</summary>
    public IReadOnlyList<string> Violations => [.. _violations];

    /// <summary>Connections accepted since the present behaviour began.</summary>
    public int Connections => _act.Connections;

    public static RawReceiver Start(RawBehaviour? behaviour = null, string scheme = "http") => new(behaviour ?? RawBehaviours.TakesAll, scheme);

    /// <summary>From now on, for new connections; those there are end now.</summary>
    public void Behave(RawBehaviour behaviour)
    {
        var before = _act;
        _act = new Act(behaviour);
        before.Ended.Cancel();
    }

    /// <summary>So many connections ended or hang: each is an attempt that the sender had to give up by itself.</summary>
    public Task WaitForConnectionsAsync(int connections) => Until.HoldsAsync(() => Connections >= connections, () => $"{Connections} connections");

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _act.Ended.CancelAsync();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            var act = _act;
            act.Count();
            _ = PlayAsync(act, socket);
        }
    }

    private async Task PlayAsync(Act act, Socket socket)
    {
        using var connection = new RawConnection(socket, Receive, _taken.Enqueue, act.Ended.Token);
        try
        {
            await act.Behaviour(connection);
        }
        catch (MalformedRequestException e)
        {
            _violations.Enqueue(e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The act is over, or the sender gave up, which is its right.
        }
    }

    private ReceivedRequest Receive(RawHead head, byte[] body) => new(Interlocked.Increment(ref _number), head.Method, head.Path, head.Headers, body);

    private sealed class Act(RawBehaviour behaviour)
    {
        private int _connections;

        public RawBehaviour Behaviour => behaviour;

        public CancellationTokenSource Ended { get; } = new();

        public int Connections => Volatile.Read(ref _connections);

        public void Count() => Interlocked.Increment(ref _connections);
    }
}
