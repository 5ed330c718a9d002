using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class EventMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2 * 1024 * 1024)]
    [InlineData((2 * 1024 * 1024) + 1)]
    [InlineData(EventMemory.LargestPooled)]
    [InlineData(EventMemory.LargestPooled + 1)]
    public void Rent_AnySize_LongEnoughAndTakenBack(int length)
    {
        var array = EventMemory.Rent(length);

        array.Length.ShouldBeGreaterThanOrEqualTo(length);
        Should.NotThrow(() => EventMemory.Return(array));
    }

    [Fact]
    public void Rent_HugeOnesInARow_CostTheMemoryOfOne()
    {
        const int huge = 64 * 1024 * 1024;
        EventMemory.Return(EventMemory.Rent(huge + 1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        // Each encoding asks for another few bytes beyond the limit.
        for (var i = 0; i < 10; i++) EventMemory.Return(EventMemory.Rent(huge + (i % 3)));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(huge, "an array that was given back must be used again");
    }

    [Theory]
    [InlineData(17)]
    [InlineData(31)]
    public void Rent_SmallerHugeOneMeanwhile_DoesNotTakeTheLarger(int smallerMebibytes)
    {
        const int huge = (64 * 1024 * 1024) + 1;
        EventMemory.Return(EventMemory.Rent(huge));
        var smaller = EventMemory.Rent(smallerMebibytes * 1024 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();

        smaller.Length.ShouldBeLessThan(huge);
        EventMemory.Return(EventMemory.Rent(huge));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(huge, "the larger one must still be there");
        EventMemory.Return(smaller);
    }
}
