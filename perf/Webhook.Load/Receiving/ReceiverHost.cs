using System.Net;
using Microsoft.AspNetCore.Http;
using Webhook.Load.Http;
using Webhook.Load.Latencies;

namespace Webhook.Load.Receiving;

/// <summary>
/// A receiver with its control interface on a port of its own, which also answers while the receiver is down. A run speaks to it by HTTP whether it is in the same process or not.
/// </summary>
internal sealed class ReceiverHost : IAsyncDisposable
{
    private readonly Receiver _receiver;
    private LoopbackServer _control = null!;

    private ReceiverHost(Receiver receiver) => _receiver = receiver;

    public Uri Control => _control.Address;

    public Uri Deliveries => new($"http://{_receiver.Address}/hook");

    /// <param name="controlPort">On loopback; 0: a free one.</param>
    public static async Task<ReceiverHost> StartAsync(IPEndPoint address, int controlPort)
    {
        var host = new ReceiverHost(new Receiver(address));
        host._control = await LoopbackServer.StartAsync(controlPort, host.ControlAsync);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        _receiver.Dispose();
        await _control.DisposeAsync();
    }

    private Task ControlAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("GET", "/") => context.Response.WriteAsJsonAsync(new ReceiverAddress(Deliveries)),
        ("POST", "/run") => OnAsync<BeginRun>(context, begin => _receiver.Begin(begin.Run, begin.Integrations, begin.PoisonEvery)),
        ("POST", "/phase") => OnAsync<BeginPhase>(context, begin =>
        {
            _receiver.Run.Latencies.Begin(begin.From);
            _receiver.Apply(begin.Fault);
        }),
        ("GET", "/status") => context.Response.WriteAsJsonAsync(_receiver.Run.Status() with { UnknownEncoding = _receiver.UnknownEncoding }),
        ("GET", "/latencies") => context.Response.WriteAsJsonAsync(_receiver.Run.Latencies.Phases().Select(EncodedHistogram.Encode)),
        ("GET", "/seen") => context.Response.Body.WriteAsync(_receiver.Run.Seen(int.Parse(context.Request.Query["integration"]!, null))).AsTask(),
        _ => NotFound(context),
    };

    private static async Task OnAsync<T>(HttpContext context, Action<T> act)
    {
        act((await context.Request.ReadFromJsonAsync<T>(context.RequestAborted))!);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync("This is the control port of a load test's receiver; deliveries go to the other one.\n");
    }
}

internal sealed record ReceiverAddress(Uri Deliveries);

internal sealed record BeginRun(string Run, int Integrations, int PoisonEvery);

/// <param name="From">Due times from this on belong to the phase.</param>
internal sealed record BeginPhase(long From, Fault Fault);
