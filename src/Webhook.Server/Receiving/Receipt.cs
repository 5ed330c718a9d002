namespace Webhook.Server.Receiving;

/// <summary>What became of a request.</summary>
internal enum ReceiptOutcome
{
    /// <summary>Its events are here.</summary>
    Taken,

    /// <summary>It was taken before; answered as if it were now.</summary>
    Repeat,

    /// <summary>Not taken: it proves nothing, is no batch, or holds events that are refused.</summary>
    Refused,

    /// <summary>Failed on purpose, though nothing was wrong with it.</summary>
    Failed,
}

/// <summary>One event of a body.</summary>
internal readonly record struct ReceivedEvent(int Offset, int Length);

/// <summary>A request and what became of it.</summary>
/// <param name="Body">Inflated; empty when it could not be read. Valid only while it is written.</param>
/// <param name="Status">Of the answer; null: the connection was broken instead.</param>
/// <param name="Reason">For people; null where there is nothing to explain.</param>
internal sealed record Receipt(
    DateTimeOffset Time, string RequestLine, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body, IReadOnlyList<ReceivedEvent> Events,
    IReadOnlyList<Verdict> Verdicts, ReceiptOutcome Outcome, int? Status, string? Reason)
{
    /// <summary>By index in <see cref="Events"/>: those that were named as refused while the others were taken.</summary>
    public IReadOnlyList<int> RefusedEvents { get; init; } = [];
}

/// <summary>Counts of a receiver since its start.</summary>
/// <param name="Batches">Requests that were taken, with their <paramref name="Events"/>.</param>
/// <param name="Refused">Requests that were not taken for a reason of their own.</param>
/// <param name="Failed">Requests that were failed on purpose.</param>
internal sealed record ReceiverCounts(long Requests, long Batches, long Events, long Repeats, long Refused, long Failed)
{
    public static readonly ReceiverCounts None = new(0, 0, 0, 0, 0, 0);

    public ReceiverCounts With(Receipt receipt) => receipt.Outcome switch
    {
        ReceiptOutcome.Taken => this with { Requests = Requests + 1, Batches = Batches + 1, Events = Events + receipt.Events.Count - receipt.RefusedEvents.Count },
        ReceiptOutcome.Repeat => this with { Requests = Requests + 1, Repeats = Repeats + 1 },
        ReceiptOutcome.Refused => this with { Requests = Requests + 1, Refused = Refused + 1 },
        _ => this with { Requests = Requests + 1, Failed = Failed + 1 },
    };
}

/// <summary>Where receipts go. Called by one request at a time.</summary>
internal interface IReceiptWriter
{
    void Write(Receipt receipt);

    /// <summary>The receiver has stopped.</summary>
    void Finish(ReceiverCounts counts);
}
