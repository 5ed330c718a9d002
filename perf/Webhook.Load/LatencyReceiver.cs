using System.Buffers.Text;
using System.Text;
using HdrHistogram;
using Microsoft.AspNetCore.Http;

namespace Webhook.Load;

/// <summary>Takes everything at once and measures, for the events that were due in the present phase, how long after that they arrived.</summary>
internal sealed class LatencyReceiver : IAsyncDisposable
{
    private static readonly byte[] Marker = Encoding.ASCII.GetBytes(SteadyLoad.DueMarker);
    private static readonly long Longest = (long)TimeSpan.FromMinutes(10).TotalMicroseconds;

    private readonly Lock _gate = new();
    private LoopbackServer _server = null!;
    private LongHistogram _latencies = NewHistogram();
    private long _from = long.MaxValue;
    private long _events;

    public Uri Address => _server.Address;

    /// <summary>All that came, of whatever phase.</summary>
    public long Events => Interlocked.Read(ref _events);

    public static async Task<LatencyReceiver> StartAsync(int port)
    {
        var receiver = new LatencyReceiver();
        receiver._server = await LoopbackServer.StartAsync(port, receiver.ReceiveAsync);
        return receiver;
    }

    /// <summary>From now on counts what is due from now on; what was counted before is dropped.</summary>
    public void Begin()
    {
        lock (_gate) (_latencies, _from) = (NewHistogram(), SteadyLoad.NowMicroseconds);
    }

    /// <summary>Latencies since <see cref="Begin"/>, in microseconds.</summary>
    public HistogramBase End()
    {
        lock (_gate)
        {
            _from = long.MaxValue;
            return _latencies;
        }
    }

    public async Task WaitAsync(long expected, TimeSpan deadline, CancellationToken cancellation)
    {
        var until = SteadyLoad.NowMicroseconds + (long)deadline.TotalMicroseconds;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Events < expected && SteadyLoad.NowMicroseconds < until) await tick.WaitForNextTickAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task ReceiveAsync(HttpContext context) => LoopbackServer.ReadAsync(context, body => Measure(body.Span));

    private void Measure(ReadOnlySpan<byte> body)
    {
        var now = SteadyLoad.NowMicroseconds;
        var events = 0;
        lock (_gate)
        {
            while (body.IndexOf(Marker) is var at and >= 0)
            {
                body = body[(at + Marker.Length)..];
                if (!Utf8Parser.TryParse(body, out long due, out _)) continue;
                events++;
                if (due >= _from) _latencies.RecordValue(Math.Clamp(now - due, 1, Longest));
            }
        }

        Interlocked.Add(ref _events, events);
    }

    // Three digits: 1 % of p99 is seen.
    private static LongHistogram NewHistogram() => new(Longest, 3);
}
