namespace Webhook.Actors.EventLog;

internal enum LogCondition
{
    Healthy,

    /// <summary>It works, but something was lost or damaged.</summary>
    Degraded,

    /// <summary>It does not take events now.</summary>
    Unhealthy,
}

/// <summary>The log's state for the health answer, with one sentence for each reason.</summary>
internal sealed record LogHealth(LogCondition Condition, IReadOnlyList<string> Reasons);

/// <summary>Judges the log from what can be seen without touching the disk, so that a stalled disk cannot stall the judgement.</summary>
internal sealed class EventLogHealth(IEventLog log, EventLogWriter writer, EventLogOptions options, TimeProvider time)
{
    // A refusal counts for this long without a later success: an unready server gets no request that could show that it is well again.
    private static readonly TimeSpan FailureCounts = TimeSpan.FromSeconds(30);
    private const int MostFaultsNamed = 5;

    public LogHealth Check()
    {
        var reasons = new List<string>();
        if (writer.CommitUnderWayFor is { } busy && busy > options.StalledAfter)
            reasons.Add($"The event log's writer has been stalled for {busy.TotalSeconds:F0} s; a commit should take less than {options.StalledAfter.TotalSeconds:F0} s. Look at its disk.");
        if (writer.Failure is { } failure && time.GetElapsedTime(failure.At) < FailureCounts) reasons.Add(failure.Reason);
        if (reasons.Count > 0) return new LogHealth(LogCondition.Unhealthy, reasons);

        var faults = log.Faults;
        foreach (var fault in faults.Take(MostFaultsNamed)) reasons.Add(Describe(fault));
        if (faults.Count > MostFaultsNamed) reasons.Add($"The event log has {faults.Count - MostFaultsNamed} more faults; they are in the program's log.");
        return new LogHealth(reasons.Count > 0 ? LogCondition.Degraded : LogCondition.Healthy, reasons);
    }

    private static string Describe(LogFault fault) => fault.FirstBlock == 0
        ? $"The event log was found damaged at {fault.NoticedAt:u}: {fault.Reason}."
        : $"The event log lost {fault.EventsLost?.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} events, noticed at {fault.NoticedAt:u}: {fault.Reason}.";
}
