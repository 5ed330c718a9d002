using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Options;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog;

/// <summary>
/// Drops from the log what nobody needs any more, and what is past retention; the latter it counts and names.
/// </summary>
/// <remarks>
/// <code>
/// Idle --Tick--> Trimming --Trimmed | Status.Failure--> Idle      (a Tick while trimming is skipped: the next one finds the same)
/// </code>
/// </remarks>
internal sealed class RetentionActor : ReceiveActor, IWithTimers
{
    private readonly IEventLog _log;
    private readonly ICursorStore _cursors;
    private readonly EventLogOptions _options;
    private readonly WebhookMetrics _metrics;
    private readonly RetentionClock _clock;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    public RetentionActor(IEventLog log, ICursorStore cursors, EventLogOptions options, WebhookMetrics metrics, TimeProvider time)
    {
        _log = log;
        _cursors = cursors;
        _options = options;
        _metrics = metrics;
        _clock = new RetentionClock(time);
        Become(Idle);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _options.RetentionInterval, _options.RetentionInterval);

    private void Idle() => Receive<Tick>(_ =>
    {
        TrimAsync(CancellationToken.None).PipeTo(Self);
        Become(Trimming);
    });

    private void Trimming()
    {
        Receive<Tick>(static _ => { });
        Receive<Trimmed>(trimmed =>
        {
            foreach (var drop in trimmed.Undelivered) Tell(drop);
            Become(Idle);
        });
        Receive<Status.Failure>(failure =>
        {
            _logger.Warning(failure.Cause, "The event log could not be trimmed; it is tried again in {Interval}", _options.RetentionInterval);
            Become(Idle);
        });
    }

    private void Tell(UndeliveredDrop drop)
    {
        _metrics.Lost(drop.Reason == TrimReason.Age ? "retention_age" : "retention_size", drop.Events);
        _logger.Warning(
            "Retention by {Reason} dropped {Events} events of partition {Partition} that were not delivered: {Integrations}. Raise {Section}:{Option}, or mend the receivers",
            drop.Reason == TrimReason.Age ? "age" : "size", drop.Events, drop.Partition,
            string.Join(", ", drop.ByIntegration.Select(static d => FormattableString.Invariant($"integration {d.Integration}: {d.Events}"))),
            EventLogOptions.SectionName, drop.Reason == TrimReason.Age ? nameof(EventLogOptions.RetentionAge) : nameof(EventLogOptions.RetentionBytes));
    }

    private async Task<Trimmed> TrimAsync(CancellationToken cancellation)
    {
        var now = _clock.Read(Oldest());
        var all = await _cursors.ListAsync(cancellation).ConfigureAwait(false);
        var undelivered = new List<UndeliveredDrop>();
        for (var partition = 0; partition < _log.Partitions; partition++)
        {
            var cursors = all.Where(c => c.Key.Partition == partition).ToList();
            if (await TrimAsync(partition, cursors, now, cancellation).ConfigureAwait(false) is { } drop) undelivered.Add(drop);
        }

        await _log.ExpireIdempotencyAsync(now - _options.IdempotencyAge, _options.IdempotencyRecords, cancellation).ConfigureAwait(false);
        return new Trimmed(undelivered);
    }

    private DateTimeOffset? Oldest()
    {
        DateTimeOffset? oldest = null;
        for (var partition = 0; partition < _log.Partitions; partition++)
            if (_log.Bounds(partition).OldestAppendedAt is { } appended && !(oldest <= appended)) oldest = appended;
        return oldest;
    }

    private async Task<UndeliveredDrop?> TrimAsync(int partition, List<KeyValuePair<CursorKey, long>> cursors, DateTimeOffset now, CancellationToken cancellation)
    {
        var bounds = _log.Bounds(partition);
        var cutoff = now - _options.RetentionAge;
        long? expired = bounds.OldestAppendedAt < cutoff
            ? await RetentionSearch.FirstYoungerAsync(_log, partition, cutoff, cancellation).ConfigureAwait(false)
            : null;
        long? oversize = bounds.Bytes > _options.RetentionBytes
            ? await RetentionSearch.FirstWithinAsync(_log, partition, _options.RetentionBytes.Value, cancellation).ConfigureAwait(false)
            : null;
        var replayable = await ReplayableFromAsync(partition, bounds, now, cancellation).ConfigureAwait(false);
        var decision = RetentionPolicy.Decide(bounds, [.. cursors.Select(static c => c.Value)], expired, oversize, replayable);

        UndeliveredDrop? drop = null;
        if (decision.Reason != TrimReason.Delivered)
        {
            var end = await RetentionSearch.EventsBeforeAsync(_log, partition, decision.Before, cancellation).ConfigureAwait(false);
            var missed = new List<(long Integration, long Events)>();
            foreach (var (key, cursor) in cursors.Where(c => c.Value < decision.Before))
            {
                var start = await RetentionSearch.EventsBeforeAsync(_log, partition, Math.Max(cursor, bounds.Tail), cancellation).ConfigureAwait(false);
                missed.Add((key.Integration, end - start));
            }

            drop = new UndeliveredDrop(partition, decision.Reason, missed.Max(static m => m.Events), missed);
        }

        await _log.TrimAsync(partition, decision.Before, cancellation).ConfigureAwait(false);
        return drop;
    }

    // Young enough, and within the size that is set aside for it.
    private async Task<long> ReplayableFromAsync(int partition, LogBounds bounds, DateTimeOffset now, CancellationToken cancellation)
    {
        var room = Math.Min(_options.ReplayBytes, _options.MaxBytes / 2);
        if (_options.ReplayAge == TimeSpan.Zero || room == 0 || _log.IsShortOfSpace) return bounds.Head;
        var young = await RetentionSearch.FirstYoungerAsync(_log, partition, now - _options.ReplayAge, cancellation).ConfigureAwait(false);
        var fitting = bounds.Bytes > room
            ? await RetentionSearch.FirstWithinAsync(_log, partition, room, cancellation).ConfigureAwait(false)
            : bounds.Tail;
        return Math.Max(young, fitting);
    }

    private sealed class Tick : INotInfluenceReceiveTimeout
    {
        public static readonly Tick Instance = new();
    }

    private sealed record Trimmed(IReadOnlyList<UndeliveredDrop> Undelivered) : INoSerializationVerificationNeeded;

    /// <param name="Events">Events that at least one integration had still to get.</param>
    private sealed record UndeliveredDrop(int Partition, TrimReason Reason, long Events, IReadOnlyList<(long Integration, long Events)> ByIntegration);
}

/// <summary>Key of the retention actor in the actor registry.</summary>
internal sealed class Retention;

internal static class RetentionHosting
{
    /// <summary>Starts the retention of the registered event log, one on each node that holds a log.</summary>
    public static AkkaConfigurationBuilder AddRetention(this AkkaConfigurationBuilder builder) => builder.WithActors(static (system, registry, services) =>
    {
        var props = Props.Create(() => new RetentionActor(
            services.GetService<IEventLog>(), services.GetService<ICursorStore>(), services.GetService<IOptions<EventLogOptions>>().Value,
            services.GetService<WebhookMetrics>(), services.GetService<TimeProvider>()));
        registry.Register<Retention>(system.ActorOf(props, "retention"));
    });
}
