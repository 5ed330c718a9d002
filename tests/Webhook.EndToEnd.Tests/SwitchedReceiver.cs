using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>A receiver that takes the sample batch of a test always, and deliveries only while it is up: so that integrations can be made and changed in the middle of an outage.</summary>
internal sealed class SwitchedReceiver : IAsyncDisposable
{
    private readonly Action<HttpContext> _refuse;
    private Receiver _receiver = null!;
    private bool _isUp = true;
    private int _refused;

    private SwitchedReceiver(Action<HttpContext> refuse) => _refuse = refuse;

    public Uri Url => _receiver.Url;

    public bool IsUp
    {
        get => Volatile.Read(ref _isUp);
        set => Volatile.Write(ref _isUp, value);
    }

    /// <summary>Attempts refused so far.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public IReadOnlyList<ReceivedRequest> Requests => [.. _receiver.Requests];

    /// <param name="refuse">How it is down; by default 503.</param>
    /// <param name="take">Gets what is taken, instead of <see cref="Requests"/>.</param>
    public static async Task<SwitchedReceiver> StartAsync(Action<HttpContext>? refuse = null, Action<ReceivedRequest>? take = null)
    {
        var switched = new SwitchedReceiver(refuse ?? (static context => context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable));
        switched._receiver = await Receiver.StartAsync(
            (request, context) =>
            {
                if (switched.IsUp || !Oracle.IsDelivery(request)) take?.Invoke(request);
                else switched.Refuse(context);
                return Task.CompletedTask;
            },
            keepOnly2xx: true, keeps: take is null);
        return switched;
    }

    /// <summary>Waits for refusals from now on: the sender is in the middle of its retries.</summary>
    public Task RefusesAsync(int attempts)
    {
        var from = Refused;
        return Until.HoldsAsync(() => Refused >= from + attempts, () => $"{Refused - from} attempts were refused");
    }

    public Task<IReadOnlyList<ReceivedRequest>> WaitAsync(Func<IReadOnlyList<ReceivedRequest>, bool> enough, TimeSpan? deadline = null) => _receiver.WaitAsync(enough, deadline);

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private void Refuse(HttpContext context)
    {
        Interlocked.Increment(ref _refused);
        _refuse(context);
    }
}
