namespace Webhook.Actors.Sending;

/// <summary>A batch on its way, or a part of one that was not taken as a whole.</summary>
/// <param name="Refused">Not null: its only event is not sent but kept as a dead letter.</param>
/// <param name="Answer">The receiver's, where it refused.</param>
internal readonly record struct Piece(Batch Batch, RefusedEvent? Refused = null, AttemptResult? Answer = null);

/// <summary>How a batch that was not taken is divided; the parts are batches of their own, in order, and cover what the whole does.</summary>
internal static class BatchDivision
{
    /// <param name="whole">Of two events or more.</param>
    public static IReadOnlyList<Piece> Halves(Batch whole)
    {
        var half = whole.Events / 2;
        return [new Piece(whole.Part(0, half)), new Piece(whole.Part(half, whole.Events - half))];
    }

    /// <summary>Each refused event alone, and what stands between them.</summary>
    /// <param name="refused">By index, at least one.</param>
    public static IReadOnlyList<Piece> Around(Batch whole, IReadOnlyList<RefusedEvent> refused, AttemptResult answer)
    {
        var parts = new List<Piece>();
        var next = 0;
        foreach (var one in refused)
        {
            if (one.Index > next) parts.Add(new Piece(whole.Part(next, one.Index - next)));
            parts.Add(new Piece(whole.Part(one.Index, 1), one with { Index = 0 }, answer));
            next = one.Index + 1;
        }

        if (next < whole.Events) parts.Add(new Piece(whole.Part(next, whole.Events - next)));
        return parts;
    }
}
