using Microsoft.AspNetCore.Http;
using Webhook.Load.Events;
using Webhook.Load.Http;

namespace Webhook.Load.Isolation;

/// <summary>
/// Receivers as they fail in the field, five kinds of them. They are well until told otherwise, as the forwarder lets nothing be enabled that does not pass its test.
/// </summary>
internal sealed class SickReceivers : IAsyncDisposable
{
    private static readonly EventShape Disliked = new(PoisonEvery: 10);

    private readonly byte[] _prefix;
    private LoopbackServer _alive = null!;
    private LoopbackServer? _dying;
    private volatile bool _isSick;

    private SickReceivers(string run) => _prefix = EventTag.Prefix(run);

    /// <summary>One for each integration.</summary>
    public IReadOnlyList<Uri> Endpoints { get; private set; } = [];

    public static async Task<SickReceivers> StartAsync(string run, int ofEachKind)
    {
        var receivers = new SickReceivers(run) { _dying = await LoopbackServer.StartAsync(0, static _ => Task.CompletedTask) };
        receivers._alive = await LoopbackServer.StartAsync(0, receivers.AnswerAsync);
        receivers.Endpoints =
        [
            .. Enumerable.Range(1, ofEachKind).SelectMany(i => (Uri[])
            [
                new Uri(receivers._dying.Address, $"/dead/{i}"),
                .. ((string[])["black-hole", "slow", "failing", "refusing"]).Select(kind => new Uri(receivers._alive.Address, $"/{kind}/{i}")),
            ]),
        ];
        return receivers;
    }

    public async Task TurnSickAsync()
    {
        _isSick = true;
        if (_dying is not null) await _dying.DisposeAsync();
        _dying = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_dying is not null) await _dying.DisposeAsync();
        await _alive.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => (_isSick, context.Request.Path.Value!.Split('/')[1]) switch
    {
        (false, _) => Task.CompletedTask,
        (true, "black-hole") => Task.Delay(Timeout.Infinite, context.RequestAborted),
        (true, "slow") => TrickleAsync(context),
        (true, "failing") => FailAsync(context),
        _ => RefuseAsync(context),
    };

    // 200, and then a byte a second for as long as somebody reads.
    private static async Task TrickleAsync(HttpContext context)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            await context.Response.Body.WriteAsync("x"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        while (await second.WaitForNextTickAsync(context.RequestAborted));
    }

    private static Task FailAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return Task.CompletedTask;
    }

    // 400 as soon as one event is of the tenth that it does not like.
    private Task RefuseAsync(HttpContext context) => LoopbackServer.ReadAsync(context, body =>
    {
        var scan = new EventScan();
        scan.Read(body.Span, _prefix);
        foreach (var seen in scan.Events)
        {
            if (Disliked.IsPoison(seen.Number)) context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    });
}
