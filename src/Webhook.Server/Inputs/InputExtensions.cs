using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.Inputs;

internal static class InputExtensions
{
    /// <summary>Each input begins after the hosted services that were added before, and stops before them. Needs the engine: its log, metrics and clock.</summary>
    /// <param name="dataFolder">Refused lines are kept in its folder <c>refused</c>.</param>
    public static IServiceCollection AddInputs(this IServiceCollection services, IReadOnlyList<InputDefinition> inputs, string dataFolder)
    {
        services.AddSingleton<InputsEnd>();
        foreach (var input in inputs) services.AddSingleton<IHostedService>(provider => Create(input, dataFolder, provider));
        return services;
    }

    private static InputService Create(InputDefinition input, string dataFolder, IServiceProvider provider)
    {
        var (log, metrics, time) = (provider.GetRequiredService<IEventLog>(), provider.GetRequiredService<WebhookMetrics>(), provider.GetRequiredService<TimeProvider>());
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger<InputService>();
        var refused = new RefusedLines(input, dataFolder, metrics, time, logger);
        var store = new LineStore(input, refused, provider.GetRequiredService<EventLogWriter>(), log, provider.GetRequiredService<IngestOptions>(), metrics, time, logger);
        return new InputService(input, store, log, provider.GetRequiredService<InputsEnd>(), time, logger);
    }
}
