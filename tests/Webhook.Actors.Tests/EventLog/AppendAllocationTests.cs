using System.Buffers;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>Allocations are counted for the whole process, so nothing may run beside these.</summary>
[CollectionDefinition(nameof(AppendAllocationTests), DisableParallelization = true)]
[Collection(nameof(AppendAllocationTests))]
public sealed class AppendAllocationTests
{
    [Fact]
    public async Task AppendAsync_HundredEventsARequest_NothingForEachEvent()
    {
        // A tail that is full gives its memory back; until then each commit takes new.
        await using var fixture = new LogFixture(o => o.SharedTailBytes = 64 * 1024);
        for (var i = 0; i < 50; i++) await AppendHundredAsync(fixture);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 200; i++) await AppendHundredAsync(fixture);
        var perEvent = (GC.GetTotalAllocatedBytes(precise: true) - before) / 200.0 / 100;
        perEvent.ShouldBeLessThan(24, "bytes an event: less than one empty object for each");
    }

    private static async Task AppendHundredAsync(LogFixture fixture)
    {
        var body = EventMemory.Rent(200);
        var events = ArrayPool<IncomingEvent>.Shared.Rent(100);
        for (var i = 0; i < 100; i++) events[i] = new IncomingEvent(2 * i, 2, 0, 0, TimestampForm.Missing, default);
        (await fixture.Writer.AppendAsync(new IncomingEvents(TestEvents.Channel, body, events, 100), null, 0, CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();
    }
}
