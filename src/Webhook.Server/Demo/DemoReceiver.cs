using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Webhook.Server.Demo;

/// <summary>A receiver as a user would write one: checks the signature and prints what it got.</summary>
internal sealed class DemoReceiver : IAsyncDisposable
{
    private const int PrintedBodyBytes = 600;

    /// <summary>Loopback, where it listens. Deliveries may reach it only while the demo runs.</summary>
    public static IReadOnlyList<string> Addresses { get; } = ["127.0.0.0/8", "::1/128"];

    private readonly WebApplication _app;
    private readonly TextWriter _output;
    private readonly byte[] _secret;
    private readonly SemaphoreSlim _arrived = new(0);
    private int _events;

    private DemoReceiver(WebApplication app, TextWriter output, byte[] secret)
    {
        _app = app;
        _output = output;
        _secret = secret;
    }

    /// <summary>Where deliveries go; a free port on loopback.</summary>
    public Uri Url { get; private set; } = null!;

    public static async Task<DemoReceiver> StartAsync(byte[] secret, TextWriter output, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new DemoReceiver(app, output, secret);
        app.MapPost("/hook", receiver.ReceiveAsync);
        await app.StartAsync(cancellation);
        receiver.Url = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/hook");
        return receiver;
    }

    /// <summary>Waits until this many events came, tests not counted.</summary>
    public async Task<int> WaitForEventsAsync(int events, TimeSpan deadline, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(deadline);
        try
        {
            while (Volatile.Read(ref _events) < events) await _arrived.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The caller prints how many came.
        }

        return Volatile.Read(ref _events);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var verified = Verify(context.Request.Headers, body.ToArray());
        var events = int.Parse(context.Request.Headers["X-Webhook-Events"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
        Print(context.Request, body.ToArray(), verified);
        Interlocked.Add(ref _events, events);
        _arrived.Release();
        context.Response.StatusCode = verified ? StatusCodes.Status204NoContent : StatusCodes.Status401Unauthorized;
    }

    /// <summary>Standard Webhooks 1.0.0: HMAC-SHA256 over "id.timestamp.body".</summary>
    private bool Verify(IHeaderDictionary headers, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}."), .. body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(_secret, signed));
        return headers["webhook-signature"].ToString().Split(' ').Any(signature =>
            CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(expected)));
    }

    private void Print(HttpRequest request, byte[] body, bool verified)
    {
        var text = new StringBuilder().AppendLine().AppendLine($"POST {request.Path} HTTP/1.1");
        foreach (var (name, value) in request.Headers) text.AppendLine($"{name}: {value}");
        text.AppendLine();
        text.AppendLine(Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, PrintedBodyBytes)))
            + (body.Length > PrintedBodyBytes ? $"… ({body.Length} bytes)" : string.Empty));
        text.AppendLine(verified ? "signature verified" : "SIGNATURE WRONG");
        lock (_output) _output.Write(text.ToString());
    }
}
