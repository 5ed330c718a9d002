using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Webhook.Load;

/// <summary>Finds the events' numbers in the bodies without parsing them, and keeps one bit for each.</summary>
internal sealed class CountingReceiver : IAsyncDisposable
{
    private static readonly byte[] Marker = "\"id\":\""u8.ToArray();

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private ulong[] _seen = new ulong[1 << 16];
    private long _distinct;
    private long _events;
    private long _requests;
    private long _last;

    private CountingReceiver(WebApplication app) => _app = app;

    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>All that came, repeated ones too.</summary>
    public long Events => Interlocked.Read(ref _events);

    public long Requests => Interlocked.Read(ref _requests);

    public static async Task<CountingReceiver> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        var receiver = new CountingReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
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

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        var length = (int)(context.Request.ContentLength ?? throw new BadHttpRequestException("a length is needed"));
        var body = ArrayPool<byte>.Shared.Rent(length);
        await context.Request.Body.ReadExactlyAsync(body.AsMemory(0, length), context.RequestAborted);
        Count(body.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(body);
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
