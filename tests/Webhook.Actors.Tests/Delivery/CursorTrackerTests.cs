using CsCheck;
using Webhook.Actors.Delivery;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Delivery;

public class CursorTrackerTests
{
    [Fact]
    public void Finish_OutOfOrder_MovesOnlyOverWhatHasNoGapBefore()
    {
        var tracker = new CursorTracker(10);

        tracker.Finish(new SequenceRange(20, 30)).ShouldBeFalse();
        tracker.Cursor.ShouldBe(10);
        tracker.Finish(new SequenceRange(10, 20)).ShouldBeTrue();
        tracker.Cursor.ShouldBe(30);
    }

    [Fact]
    public void Finish_AnyOrder_CursorIsAlwaysTheLowWaterMark() =>
        Gen.Select(Gen.Int[1, 1000].Array[1, 30], Gen.Int).Sample((lengths, seed) =>
        {
            var ranges = new List<SequenceRange>();
            var from = 5L;
            foreach (var length in lengths) ranges.Add(new SequenceRange(from, from += length));
            var order = ranges.ToArray();
            new Random(seed).Shuffle(order);

            var tracker = new CursorTracker(5);
            var finished = new HashSet<long>();
            foreach (var range in order)
            {
                var before = tracker.Cursor;
                var moved = tracker.Finish(range);
                finished.Add(range.From);
                var expected = ranges.SkipWhile(r => finished.Contains(r.From)).Select(r => (long?)r.From).FirstOrDefault() ?? from;
                tracker.Cursor.ShouldBe(expected);
                moved.ShouldBe(tracker.Cursor != before);
            }
        });
}
