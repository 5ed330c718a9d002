namespace Webhook.Actors.Sending;

/// <summary>
/// What sending tells of each stretch of the log: what was cut, what is done with, what was refused. What is to be durable is so before the answer, so that
/// after a crash the same events go out under the same identities. Safe for several batches at once.
/// </summary>
internal interface IDeliveryLedger
{
    /// <summary>The batch may be sent from now on. Called in the order of the log; one that resumes is known already.</summary>
    ValueTask OpenAsync(Batch batch);

    /// <summary>The receiver has not taken the whole and will not; from now on the parts may be sent, and the whole never again.</summary>
    ValueTask DivideAsync(Batch whole, IReadOnlyList<Piece> parts);

    /// <summary>Keeps events as dead letters.</summary>
    /// <returns>false: they could not be kept; the events are not done with, and it is to be tried again later.</returns>
    ValueTask<bool> RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result);

    /// <summary>For the delivery log; costs next to nothing.</summary>
    /// <param name="attempt">Of the batch, from 1.</param>
    void Record(Batch batch, int attempt, AttemptResult result);

    /// <summary>Delivered or dead-lettered.</summary>
    void Finish(Batch batch);
}

/// <summary>An event of a batch that the receiver refused for good.</summary>
/// <param name="Index">In the batch, from 0.</param>
/// <param name="Reason">For people.</param>
internal readonly record struct RefusedEvent(int Index, string Reason);
