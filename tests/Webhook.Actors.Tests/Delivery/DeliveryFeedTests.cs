using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Delivery;

public sealed class DeliveryFeedTests
{
    private static readonly IntegrationId One = new(1);
    private static readonly IntegrationId Two = new(2);

    private readonly DeliveryFeed _feed = new();

    [Fact]
    public void Publish_ListenerWhoWantsSome_GetsThoseFromNowOn()
    {
        _feed.Publish(One, Attempt(1));
        using var listener = _feed.Listen(static ended => ended.Integration == One)!;
        _feed.Publish(One, Attempt(2));
        _feed.Publish(Two, Attempt(3));
        _feed.Publish(One, Attempt(4));
        Read(listener).ShouldBe([2, 4]);
        listener.TakeDropped().ShouldBe(0);
    }

    [Fact]
    public void Publish_ListenerWhoDoesNotRead_KeepsTheNewestAndCountsTheRest()
    {
        using var slow = _feed.Listen(static _ => true)!;
        using var other = _feed.Listen(static _ => true)!;
        for (var n = 1; n <= DeliveryListener.Capacity + 7; n++)
        {
            _feed.Publish(One, Attempt(n));
            if (n == 3) Read(other).ShouldBe([1, 2, 3]);
        }

        Read(slow).ShouldBe(Enumerable.Range(8, DeliveryListener.Capacity));
        (slow.TakeDropped(), slow.TakeDropped(), other.TakeDropped()).ShouldBe((7, 0, 4));
    }

    [Fact]
    public void Listen_AllPlacesTaken_IsRefusedUntilOneGoes()
    {
        var all = Enumerable.Range(0, DeliveryFeed.MaxListeners).Select(_ => _feed.Listen(static _ => true)!).ToList();
        _feed.Listen(static _ => true).ShouldBeNull();
        all[0].Dispose();
        all[0].Dispose();
        _feed.Listen(static _ => true).ShouldNotBeNull();
        _feed.Listen(static _ => true).ShouldBeNull();
        _feed.Publish(One, Attempt(1));
        Read(all[0]).ShouldBeEmpty("it has gone");
    }

    [Fact]
    public void Publish_NobodyListens_AllocatesNothing()
    {
        var attempt = Attempt(1);
        _feed.Publish(One, attempt);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 1000; n++) _feed.Publish(One, attempt);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static List<int> Read(DeliveryListener listener)
    {
        var read = new List<int>();
        while (listener.Attempts.TryRead(out var ended)) read.Add(ended.Attempt.Attempt);
        return read;
    }

    private static DeliveryAttempt Attempt(int number) => new(
        "msg_1", number, BatchKind.Delivery, DateTimeOffset.UnixEpoch, 2, 0, 100, 101, 50, "delivered", 200, null, null, false, [], new AttemptPhases(0.1, null, null, null, 1.5, 20, 21.6));
}
