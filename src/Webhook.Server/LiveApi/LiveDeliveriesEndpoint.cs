using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Server.Access;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.LiveApi;

/// <summary><c>GET /v1/deliveries/live</c>: attempts as they end, as Server-Sent Events, until the caller goes, its key is taken away, or the program stops.</summary>
/// <remarks>
/// <code>
/// listening  {}                            first: whatever ends from here on is shown
/// delivery   LiveDeliveryResource
/// dropped    {"count":12}                  the caller was too slow; before the next delivery
/// idle       {}                            after 15 s without one, so that both sides see that the other is there
/// </code>
/// Spec of the format: https://html.spec.whatwg.org/multipage/server-sent-events.html
/// </remarks>
internal sealed class LiveDeliveriesEndpoint(
    DeliveryLog log, IntegrationNames names, AccessKeys keys, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public async Task<IResult> FollowAsync(HttpContext http, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Request.Query);
        var (integrations, outcomes) = (query.Ids("integration")?.ToHashSet(), query.AnyOf("outcome", DeliveryEndpoints.Outcomes)?.ToHashSet());
        if (query.Error() is { } error) return new ErrorResult(error);
        foreach (var id in integrations ?? [])
        {
            // Who asks for one by its number may have made it a moment ago.
            if (await names.FindAsync(new IntegrationId(id), cancellation) is not null) continue;
            await names.RefreshAsync(cancellation);
            if (await names.FindAsync(new IntegrationId(id), cancellation) is null) return new DirectoryResult.NotFound(new IntegrationId(id)).Answer(static _ => Results.Empty);
        }

        var listener = log.Feed.Listen(ended =>
            integrations?.Contains(ended.Integration.Value) != false && outcomes?.Contains(ended.Attempt.Outcome) != false);
        if (listener is null) return new ErrorResult(TooMany);
        http.Response.RegisterForDispose(listener);
        return TypedResults.ServerSentEvents(FollowAsync(listener, http.User.Identity!.Name!, cancellation));
    }

    private static ApiError TooMany => new(
        StatusCodes.Status429TooManyRequests, "too_many_listeners",
        $"{DeliveryFeed.MaxListeners} callers follow the deliveries already, and no more can; end one of them, or try again later.")
    {
        RetryAfter = RetryAfter,
    };

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(DeliveryListener listener, string key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        yield return new SseItem<string>("{}", "listening");
        while (true)
        {
            var next = await WaitAsync(listener, end.Token);
            if (next == Next.End || !keys.Has(key)) yield break;
            if (next == Next.Idle)
            {
                await names.RefreshAsync(end.Token);
                yield return new SseItem<string>("{}", "idle");
                continue;
            }

            if (listener.TakeDropped() is var dropped and > 0)
                yield return new SseItem<string>(JsonSerializer.Serialize(new DroppedResource(dropped), LiveJson.Readable.DroppedResource), "dropped");
            if (!listener.Attempts.TryRead(out var ended)) continue;
            var name = await names.FindAsync(ended.Integration, end.Token);
            var shown = new LiveDeliveryResource(new LiveIntegration(ended.Integration.Value, name), DeliveryAttemptResource.Of(ended.Attempt));
            yield return new SseItem<string>(JsonSerializer.Serialize(shown, LiveJson.Readable.LiveDeliveryResource), "delivery");
        }
    }

    private async Task<Next> WaitAsync(DeliveryListener listener, CancellationToken end)
    {
        // Under load no timer is made for each attempt.
        if (listener.Attempts.TryPeek(out _) && !end.IsCancellationRequested) return Next.Attempt;
        using var patience = new CancellationTokenSource(IdleAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, patience.Token);
        try
        {
            return await listener.Attempts.WaitToReadAsync(either.Token) ? Next.Attempt : Next.End;
        }
        catch (OperationCanceledException)
        {
            return end.IsCancellationRequested ? Next.End : Next.Idle;
        }
    }

    private enum Next
    {
        Attempt,
        Idle,
        End,
    }
}
