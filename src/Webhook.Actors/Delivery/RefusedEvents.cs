using Akka.Event;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using DeadLetter = Webhook.Actors.EventLog.DeadLetter;

namespace Webhook.Actors.Delivery;

/// <summary>Makes dead letters of what a receiver refused: each event as it was accepted, out of the log, where it still is as long as its batch is not finished.</summary>
internal sealed class RefusedEvents(LaneId lane, EventLogReader log, IDeadLetterStore store, SendingServices sending, ILoggingAdapter logger)
{
    /// <returns>false: they could not be kept now.</returns>
    public async ValueTask<bool> KeepAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result)
    {
        try
        {
            var letters = new DeadLetter[refused.Count];
            for (var i = 0; i < letters.Length; i++) letters[i] = await LetterAsync(batch, refused[i], result).ConfigureAwait(false);
            await store.AddAsync(letters, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EventLogException e)
        {
            logger.Warning(e, "Integration {Integration}: {Events} refused events could not be kept as dead letters; it is tried again", lane.Integration, refused.Count);
            return false;
        }

        sending.Metrics.DeadLettered(lane.Integration.ToString(), result.StatusCode, refused.Count);
        logger.Warning(
            "Integration {Integration}: {Events} events of batch {Batch} were refused and are dead letters now: {Reason}",
            lane.Integration, refused.Count, batch.Id, refused[0].Reason);
        return true;
    }

    private async Task<DeadLetter> LetterAsync(Batch batch, RefusedEvent refused, AttemptResult result)
    {
        var sequence = batch.Index[refused.Index].Sequence;
        var id = new DeadLetterId(lane.Partition, sequence);
        var now = sending.Time.GetUtcNow();
        var block = await log.ReadAsync(lane.Partition, sequence, CancellationToken.None).ConfigureAwait(false);
        try
        {
            // Where retention or damage took the event meanwhile, what was sent is what is left of it.
            var (channel, json, acceptedAt) = block?.BlockSequence == EventBlock.BlockOf(sequence)
                ? Original(block, EventBlock.IndexOf(sequence))
                : (batch.Channels[0], batch.EventAt(refused.Index).ToArray(), batch.StoredAtNanoseconds);
            return new DeadLetter(lane.Integration.Value, id, channel, json, acceptedAt, refused.Reason, result.StatusCode, result.Answer, now);
        }
        finally
        {
            block?.Release();
        }
    }

    private static (string Channel, byte[] Json, long AcceptedAt) Original(EventBlock block, int index) =>
        (block.Channels[block.Entries[index].Channel], block.Event(index).ToArray(), block.AppendedAtNanoseconds);
}
