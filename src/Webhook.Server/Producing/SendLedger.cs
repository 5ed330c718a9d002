using System.Collections.Concurrent;
using Webhook.Actors.Events;
using Webhook.Actors.Sending;

namespace Webhook.Server.Producing;

/// <summary>The ledger of a sender without a log: nothing outlives it, and an event that is refused is reported with its line of the input.</summary>
internal sealed class SendLedger(SendTally tally) : IDeliveryLedger
{
    // By the number of the block.
    private readonly ConcurrentDictionary<long, Origin> _origins = [];

    /// <param name="indexes">Of the block's events in <paramref name="batch"/>, which stays as it is until <see cref="End"/>.</param>
    public void Begin(long block, InputBatch batch, int[] indexes) => _origins[block] = new Origin(batch, indexes);

    public void End(long block) => _origins.TryRemove(block, out _);

    public ValueTask OpenAsync(Batch batch) => ValueTask.CompletedTask;

    public ValueTask DivideAsync(Batch whole, IReadOnlyList<Piece> parts) => ValueTask.CompletedTask;

    public ValueTask<bool> RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result)
    {
        foreach (var (index, reason) in refused)
        {
            var sequence = batch.Index[index].Sequence;
            var (input, indexes) = _origins[EventBlock.BlockOf(sequence)];
            var at = indexes[EventBlock.IndexOf(sequence)];
            tally.Refuse(input.EventAt(at), input.LineOf(at), reason);
        }

        // What is finished later is counted as a whole.
        tally.Accept(-refused.Count, -refused.Sum(one => (long)batch.EventAt(one.Index).Length));
        return ValueTask.FromResult(true);
    }

    public void Record(Batch batch, int attempt, AttemptResult result) => tally.Request();

    public void Finish(Batch batch) => tally.Accept(batch.Events, batch.Length);

    /// <summary>Where a block's events come from.</summary>
    private sealed record Origin(InputBatch Batch, int[] Indexes);
}
