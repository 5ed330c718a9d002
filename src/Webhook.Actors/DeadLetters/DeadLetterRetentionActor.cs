using System.Diagnostics.Metrics;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Options;
using Webhook.Actors.EventLog;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.DeadLetters;

/// <summary>Drops dead letters that are too old or too many, counts them and names their integrations.</summary>
/// <remarks>
/// <code>
/// Idle --Tick--> Expiring --Expired | Status.Failure--> Idle      (a Tick while expiring is skipped: the next one finds the same)
/// </code>
/// </remarks>
internal sealed class DeadLetterRetentionActor : ReceiveActor, IWithTimers
{
    internal static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // Soon, so that a program that is restarted often expires too; not at once, when there is enough to do.
    internal static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    private readonly IDeadLetterStore _store;
    private readonly DeadLetterOptions _options;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public DeadLetterRetentionActor(IDeadLetterStore store, DeadLetterOptions options, WebhookMetrics metrics, TimeProvider time)
    {
        _store = store;
        _options = options;
        _metrics = metrics;
        _time = time;
        Become(Idle);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, FirstAfter, Interval);

    private void Idle() => Receive<Tick>(_ =>
    {
        ExpireAsync().PipeTo(Self);
        Become(Expiring);
    });

    private void Expiring()
    {
        Receive<Tick>(static _ => { });
        Receive<Expired>(expired =>
        {
            foreach (var (integration, count) in expired.ByIntegration) Tell(integration, count);
            Become(Idle);
        });
        Receive<Status.Failure>(failure =>
        {
            _log.Warning(failure.Cause, "Dead letters past their retention could not be dropped; it is tried again in {Interval}", Interval);
            Become(Idle);
        });
    }

    private async Task<Expired> ExpireAsync() => new(
        await _store.ExpireAsync(_time.GetUtcNow() - _options.RetentionAge, _options.MaxPerIntegration, CancellationToken.None).ConfigureAwait(false));

    private void Tell(long integration, long count)
    {
        _metrics.DeadLettersExpired(integration.ToString(CultureInfo.InvariantCulture), count);
        _log.Warning(
            "Retention dropped {Count} dead letters of integration {Integration}: older than {Age}, or beyond {Max}. Redeliver or purge them in time, or raise RetentionAge or MaxPerIntegration in {Section}",
            count, integration, _options.RetentionAge, _options.MaxPerIntegration, DeadLetterOptions.SectionName);
    }

    private sealed class Tick : INotInfluenceReceiveTimeout
    {
        public static readonly Tick Instance = new();
    }

    private sealed record Expired(IReadOnlyDictionary<long, long> ByIntegration) : INoSerializationVerificationNeeded;
}

/// <summary>Key of the actor in the actor registry.</summary>
internal sealed class DeadLetterRetention;

internal static class DeadLetterHosting
{
    /// <summary>Starts the retention of dead letters, one on each node that holds a log, and shows how many there are.</summary>
    public static AkkaConfigurationBuilder AddDeadLetterRetention(this AkkaConfigurationBuilder builder) => builder.WithActors(static (system, registry, services) =>
    {
        var (store, metrics) = (services.GetService<IDeadLetterStore>(), services.GetService<WebhookMetrics>());
        metrics.Observe("dead_letters", "events", "Dead letters kept. By integration.", () => store.Counts().Select(static count =>
            new Measurement<double>(count.Value, new KeyValuePair<string, object?>("integration", count.Key.ToString(CultureInfo.InvariantCulture)))));
        var props = Props.Create(() => new DeadLetterRetentionActor(
            store, services.GetService<IOptions<DeadLetterOptions>>().Value, metrics, services.GetService<TimeProvider>()));
        registry.Register<DeadLetterRetention>(system.ActorOf(props, "dead-letter-retention"));
    });
}
