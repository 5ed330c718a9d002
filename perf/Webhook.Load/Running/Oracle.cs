using Webhook.Load.Events;
using Webhook.Load.Receiving;

namespace Webhook.Load.Running;

/// <summary>What came against what was acknowledged, event by event, for each integration.</summary>
/// <param name="Missing">Acknowledged and not delivered.</param>
/// <param name="Unacknowledged">Delivered and not acknowledged: the answer was lost, not the event.</param>
internal sealed record Verdict(long Missing, long Unacknowledged, IReadOnlyList<long> MissingByIntegration);

internal static class Oracle
{
    /// <param name="poisonEvery">Each so many-th event is not expected; 0: all are.</param>
    public static async Task<Verdict> JudgeAsync(EventBitmap acknowledged, int poisonEvery, ReceiverClient receiver, int integrations, CancellationToken cancellation)
    {
        var expected = acknowledged.WithoutEvery(poisonEvery);
        var missing = new long[integrations];
        var unacknowledged = 0L;
        for (var i = 0; i < integrations; i++)
        {
            var seen = await receiver.SeenAsync(i, cancellation);
            missing[i] = expected.CountWithout(seen);
            unacknowledged += seen.CountWithout(acknowledged);
        }

        return new Verdict(missing.Sum(), unacknowledged, missing);
    }
}
