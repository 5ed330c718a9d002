using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog;

internal static class EventLogServices
{
    /// <summary>
    /// The embedded event log with its writer, reader and health, and the stores of dead letters and of the delivery log beside it. Needs <see cref="WebhookMetrics"/>, <see cref="TimeProvider"/> and options of <see cref="EventLogOptions"/>. The log is opened when it is first
    /// asked for; the container closes it after the writer.
    /// </summary>
    public static IServiceCollection AddEventLog(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<EventLogOptions>, EventLogOptionsConsistency>();
        services.AddSingleton(static s => Open(s, s.GetRequiredService<IOptions<EventLogOptions>>().Value));
        services.AddSingleton<IEventLog>(static s => s.GetRequiredService<RocksDbEventLog>());
        services.AddSingleton<ICursorStore>(static s => s.GetRequiredService<RocksDbEventLog>());
        services.AddSingleton<IDeadLetterStore>(static s => s.GetRequiredService<RocksDbEventLog>().DeadLetters);
        services.AddSingleton<IAttemptStore>(static s => s.GetRequiredService<RocksDbEventLog>().Attempts);
        services.AddSingleton(static s => new SharedTail(
            s.GetRequiredService<IEventLog>(), s.GetRequiredService<IOptions<EventLogOptions>>().Value.SharedTailBytes, s.GetRequiredService<ILogger<SharedTail>>()));
        services.AddSingleton<EventLogReader>();
        services.AddSingleton(static s => new EventLogWriter(
            s.GetRequiredService<IEventLog>(), s.GetRequiredService<SharedTail>(), s.GetRequiredService<IOptions<EventLogOptions>>().Value,
            s.GetRequiredService<WebhookMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<EventLogWriter>>()));
        services.AddSingleton(static s => new EventLogHealth(
            s.GetRequiredService<IEventLog>(), s.GetRequiredService<EventLogWriter>(), s.GetRequiredService<IOptions<EventLogOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static RocksDbEventLog Open(IServiceProvider services, EventLogOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var metrics = services.GetRequiredService<WebhookMetrics>();
        var log = RocksDbEventLog.Open(options, time, metrics, services.GetRequiredService<ILogger<RocksDbEventLog>>());
        EventLogGauges.Observe(metrics, log, time);
        return log;
    }
}
