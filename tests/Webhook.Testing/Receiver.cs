using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Webhook.Testing;

/// <summary>One request as the receiver got it, body bytes untouched.</summary>
public sealed record ReceivedRequest(int Number, string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A real Kestrel on a free loopback port that keeps what it gets and answers as it is told.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _number;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Decides the answer; by default 200 for everything. Runs before the request is kept when <see cref="KeepOnly2xx"/> is set.</summary>
    public Func<ReceivedRequest, HttpContext, Task> Respond { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>true: a request answered with anything but 2xx is not kept, as a real receiver would not.</summary>
    public bool KeepOnly2xx { get; init; }

    /// <summary>false: nothing is kept; <see cref="Respond"/> sees to what comes.</summary>
    public bool Keeps { get; init; } = true;

    public Uri Url { get; private set; } = null!;

    public IReadOnlyCollection<ReceivedRequest> Requests => _requests;

    public static async Task<Receiver> StartAsync(
        Func<ReceivedRequest, HttpContext, Task>? respond = null,
        bool keepOnly2xx = false,
        int port = 0,
        Action<ListenOptions>? listen = null,
        bool keeps = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port, listen ?? (static _ => { }));
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var receiver = new Receiver(app) { KeepOnly2xx = keepOnly2xx, Keeps = keeps };
        if (respond is not null) receiver.Respond = respond;
        app.Run(receiver.HandleAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        receiver.Url = new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal) + "/hook");
        return receiver;
    }

    /// <summary>Waits until <paramref name="enough"/> holds for what arrived; on the deadline says what did.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitAsync(Func<IReadOnlyList<ReceivedRequest>, bool> enough, TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(60));
        while (true)
        {
            IReadOnlyList<ReceivedRequest> now = [.. _requests];
            if (enough(now)) return now;
            try
            {
                await _arrived.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The receiver got {now.Count} requests, not what the test waits for: "
                    + string.Join(" | ", now.TakeLast(5).Select(r => $"{r.Method} {r.Path} {r.Body.Length} bytes")));
            }
        }
    }

    public Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(int requests, TimeSpan? deadline = null) => WaitAsync(got => got.Count >= requests, deadline);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new ReceivedRequest(
            Interlocked.Increment(ref _number), context.Request.Method, context.Request.Path,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        if (!KeepOnly2xx) Keep(request);
        await Respond(request, context);
        if (KeepOnly2xx && context.Response.StatusCode is >= 200 and < 300) Keep(request);
    }

    private void Keep(ReceivedRequest request)
    {
        if (!Keeps) return;
        _requests.Enqueue(request);
        _arrived.Release();
    }
}
