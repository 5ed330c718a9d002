using System.Globalization;
using Microsoft.Extensions.Logging;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Tells of damage everywhere it must be seen: in the faults for health, in the metric of lost events, and as one warning each.</summary>
internal sealed class LossReport(int partition, TimeProvider time, WebhookMetrics metrics, ILogger logger)
{
    private readonly List<LogFault> _faults = [];

    public IReadOnlyCollection<LogFault> Faults
    {
        get
        {
            lock (_faults) return [.. _faults];
        }
    }

    /// <summary>Files were damaged, but no event is missing, or nobody can tell.</summary>
    /// <param name="eventsLost">0, or null when nobody can tell.</param>
    public void Damaged(string reason, long? eventsLost)
    {
        Add(new LogFault(partition, 0, 0, eventsLost, reason, time.GetUtcNow()));
        logger.LogWarning("The event log was found damaged: {Reason}", reason);
    }

    public void Lost(Hole hole, string reason)
    {
        Add(new LogFault(partition, hole.FirstBlock, hole.LastBlock, hole.Events, reason, time.GetUtcNow()));
        if (hole.Events > 0) metrics.Lost("damage", hole.Events.Value);
        logger.LogWarning(
            "The event log lost {Events} events in blocks {FirstBlock} to {LastBlock} of partition {Partition}: {Reason}",
            hole.Events?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of", hole.FirstBlock, hole.LastBlock, partition, reason);
    }

    public void LostDeadLetters(long integration, long count, string reason)
    {
        Add(new LogFault(partition, 0, 0, count, FormattableString.Invariant($"{count} dead letters of integration {integration} were lost: {reason}"), time.GetUtcNow()));
        metrics.Lost("damage", count);
        logger.LogWarning("The event log lost {Count} dead letters of integration {Integration}: {Reason}", count, integration, reason);
    }

    private void Add(LogFault fault)
    {
        lock (_faults) _faults.Add(fault);
    }
}
