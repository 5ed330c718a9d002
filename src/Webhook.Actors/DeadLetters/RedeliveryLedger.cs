using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.DeadLetters;

/// <summary>The books of a redelivery: one letter at a time, which is refused once more or done with. Letters are kept until then, so that nothing else needs to be durable.</summary>
internal sealed class RedeliveryLedger(IntegrationId integration, IDeadLetterStore store, Action<IntegrationId, DeliveryAttempt> record, TimeProvider time) : IDeliveryLedger
{
    private DeadLetter? _letter;

    public bool IsRefused { get; private set; }

    public void Begin(DeadLetter letter) => (_letter, IsRefused) = (letter, false);

    public ValueTask OpenAsync(Batch batch) => ValueTask.CompletedTask;

    public ValueTask DivideAsync(Batch whole, IReadOnlyList<Piece> parts) => throw new NotSupportedException("A single event is not divided.");

    public async ValueTask<bool> RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result)
    {
        var again = _letter! with { Reason = refused[0].Reason, StatusCode = result.StatusCode, Answer = result.Answer, RefusedAt = time.GetUtcNow() };
        try
        {
            await store.AddAsync([again], CancellationToken.None).ConfigureAwait(false);
        }
        catch (EventLogException)
        {
            // The letter of before is still there.
        }

        IsRefused = true;
        return true;
    }

    public void Record(Batch batch, int attempt, AttemptResult result) => record(integration, DeliveryAttempt.Of(batch, attempt, result));

    public void Finish(Batch batch)
    {
    }
}
