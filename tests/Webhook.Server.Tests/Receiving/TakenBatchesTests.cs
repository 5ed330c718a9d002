using System.Globalization;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Webhook.Server.Receiving;

namespace Webhook.Server.Tests.Receiving;

public sealed class TakenBatchesTests
{
    private readonly TakenBatches _taken = new();

    [Fact]
    public void Take_SameRange_IsARepeat()
    {
        Take(1, 10).ShouldBeNull();
        Take(1, 10).ShouldBe("events 1 to 10 of partition 0 were taken before, as a part of 1 to 10");
        Take(3, 7).ShouldBe("events 3 to 7 of partition 0 were taken before, as a part of 1 to 10");
    }

    [Fact]
    public void Take_RangesThatTouch_AreOne()
    {
        Take(1, 10).ShouldBeNull();
        Take(21, 30).ShouldBeNull();
        Take(11, 20).ShouldBeNull();
        Take(5, 25).ShouldBe("events 5 to 25 of partition 0 were taken before, as a part of 1 to 30");
    }

    [Fact]
    public void Take_MoreThanWasTaken_IsNoRepeat()
    {
        Take(5, 10).ShouldBeNull();
        Take(4, 10).ShouldBeNull();
        Take(5, 11).ShouldBeNull();
        Take(4, 11).ShouldNotBeNull();
    }

    [Fact]
    public void Take_AnotherPartitionOrPath_IsNoRepeat()
    {
        Take(1, 10).ShouldBeNull();
        Take(1, 10, partition: "1").ShouldBeNull();
        Take(1, 10, path: "/other").ShouldBeNull();
    }

    [Fact]
    public void Take_Replay_IsTakenAgain()
    {
        Take(1, 10).ShouldBeNull();
        Take(1, 10, replay: true).ShouldBeNull();
    }

    [Fact]
    public void Take_WithoutPositions_GoesByItsId()
    {
        Take(new HeaderDictionary { ["webhook-id"] = "a" }).ShouldBeNull();
        Take(new HeaderDictionary { ["webhook-id"] = "b" }).ShouldBeNull();
        Take(new HeaderDictionary { ["webhook-id"] = "a" }).ShouldBe("its webhook-id a was taken before");
        Take([]).ShouldBeNull();
        Take([]).ShouldBeNull();
    }

    /// <summary>Against the rule as README.md writes it down, where joining is of no consequence.</summary>
    [Fact]
    public void Take_AnyOrder_IsARepeatOnlyIfEveryPositionWasTaken() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 8]).Array[1, 60].Sample(ranges =>
        {
            var taken = new TakenBatches();
            var seen = new HashSet<int>();
            foreach (var (first, length) in ranges)
            {
                var positions = Enumerable.Range(first, length + 1).ToList();
                var isRepeat = taken.Take("/", Headers(first, first + length, "0")) is not null;
                isRepeat.ShouldBe(positions.TrueForAll(seen.Contains));
                seen.UnionWith(positions);
            }
        });

    private string? Take(long first, long last, string partition = "0", string path = "/hook", bool replay = false)
    {
        var headers = Headers(first, last, partition);
        if (replay) headers["X-Webhook-Replay"] = "replay";
        return _taken.Take(path, headers);
    }

    private string? Take(HeaderDictionary headers) => _taken.Take("/hook", headers);

    private static HeaderDictionary Headers(long first, long last, string partition) => new()
    {
        ["webhook-id"] = "msg",
        ["X-Webhook-Partition"] = partition,
        ["X-Webhook-First-Sequence"] = first.ToString(CultureInfo.InvariantCulture),
        ["X-Webhook-Last-Sequence"] = last.ToString(CultureInfo.InvariantCulture),
    };
}
