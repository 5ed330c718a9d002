using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>What a partition holds, as plain numbers: where it begins and goes on, and what is missing in between. Immutable.</summary>
/// <param name="NextBlock">Number of the next block; never one that was used before, also if that was lost.</param>
/// <param name="EventsEver">Events ever appended.</param>
/// <param name="BytesEver">Block bytes ever appended.</param>
/// <param name="First">The first kept block; null when there is none.</param>
/// <param name="Holes">What is known to be lost at or after the trim mark, in order.</param>
internal sealed record PartitionExtent(long NextBlock, long EventsEver, long BytesEver, TrimMark Trim, BlockPlace? First, IReadOnlyList<Hole> Holes)
{
    public LogBounds Bounds()
    {
        var head = EventBlock.ToSequence(NextBlock, 0);
        if (First is not { } first) return new LogBounds(head, head, 0, 0, null) { EventsEver = EventsEver, BytesEver = BytesEver };
        var events = EventsEver - first.EventsBefore;
        var bytes = BytesEver - first.BytesBefore;
        foreach (var hole in Holes)
        {
            if (hole.FirstBlock < first.Block) continue;
            events -= hole.Events ?? 0;
            bytes -= hole.Bytes ?? 0;
        }

        return new LogBounds(EventBlock.ToSequence(first.Block, 0), head, events, bytes, first.AppendedAt) { EventsEver = EventsEver, BytesEver = BytesEver };
    }

    public HeadMark Mark() => new(NextBlock - 1, EventsEver, BytesEver, Trim);

    public Hole? HoleAt(long block)
    {
        foreach (var hole in Holes)
            if (hole.Contains(block)) return hole;
        return null;
    }

    public PartitionExtent Append(EventBlock block) => this with
    {
        NextBlock = NextBlock + 1,
        EventsEver = EventsEver + block.Count,
        BytesEver = BytesEver + block.Length,
        First = First ?? BlockPlace.Of(block),
    };

    public PartitionExtent WithHole(Hole hole) => this with { Holes = [.. Holes.Append(hole).OrderBy(static h => h.FirstBlock)] };

    public PartitionExtent TrimTo(BlockPlace? first)
    {
        var trim = first is { } kept ? new TrimMark(kept.Block, kept.EventsBefore, kept.BytesBefore) : new TrimMark(NextBlock, EventsEver, BytesEver);
        return this with { Trim = trim, First = first, Holes = [.. Holes.Where(h => h.LastBlock >= trim.Block)] };
    }
}
