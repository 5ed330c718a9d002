using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Webhook.Load;

/// <summary>Finds the events' numbers in the bodies without parsing them, and keeps one bit for each.</summary>
internal sealed class CountingReceiver : IAsyncDisposable
{
    private static readonly byte[] Marker = "\"id\":\""u8.ToArray();

    private readonly Lock _gate = new();
    private LoopbackServer _server = null!;
    private ulong[] _seen = new ulong[1 << 16];
    private long _distinct;
    private long _events;
    private long _requests;
    private long _last;

    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>All that came, repeated ones too.</summary>
    public long Events => Interlocked.Read(ref _events);

    public long Requests => Interlocked.Read(ref _requests);

    public static async Task<CountingReceiver> StartAsync(int port)
    {
        var receiver = new CountingReceiver();
        receiver._server = await LoopbackServer.StartAsync(port, receiver.ReceiveAsync);
        return receiver;
    }

    /// <returns>How long it took from now until the last of the expected events came; at most the deadline.</returns>
    public async Task<TimeSpan> WaitAsync(long expected, TimeSpan deadline, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Events < expected && Stopwatch.GetElapsedTime(started) < deadline) await tick.WaitForNextTickAsync(cancellation);
        var last = Interlocked.Read(ref _last);
        return last > started ? Stopwatch.GetElapsedTime(started, last) : TimeSpan.Zero;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        await LoopbackServer.ReadAsync(context, body => Count(body.Span));
        Interlocked.Increment(ref _requests);
    }

    private void Count(ReadOnlySpan<byte> body)
    {
        var (events, fresh) = (0, 0);
        lock (_gate)
        {
            while (body.IndexOf(Marker) is var at and >= 0)
            {
                body = body[(at + Marker.Length)..];
                if (Utf8Parser.TryParse(body, out long number, out _))
                {
                    events++;
                    if (Mark(number)) fresh++;
                }
            }
        }

        if (events == 0) return;
        Interlocked.Add(ref _events, events);
        Interlocked.Add(ref _distinct, fresh);
        Interlocked.Exchange(ref _last, Stopwatch.GetTimestamp());
    }

    private bool Mark(long number)
    {
        var (word, bit) = (number >> 6, 1UL << (int)(number & 63));
        if (word >= _seen.Length) Array.Resize(ref _seen, (int)Math.Max(word + 1, _seen.Length * 2L));
        if ((_seen[word] & bit) != 0) return false;
        _seen[word] |= bit;
        return true;
    }
}
