using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog;

public sealed class EventLogServicesTests
{
    [Fact]
    public async Task AddEventLog_Twice_PartsWorkTogetherAndAreClosedInOrder()
    {
        using var folder = new TemporaryFolder();
        for (var round = 1; round <= 2; round++)
        {
            await using var services = Services(options => (options.Path, options.MinFreeDiskBytes) = (folder.Path, 0));
            var writer = services.GetRequiredService<EventLogWriter>();
            (await writer.AppendAsync(TestEvents.Request(0, 2), null, 0, CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();
            services.GetRequiredService<EventLogReader>().Bounds(0).Events.ShouldBe(2 * round);
            services.GetRequiredService<ICursorStore>().ShouldBeSameAs(services.GetRequiredService<IEventLog>());
            services.GetRequiredService<IDeadLetterStore>().ShouldBeSameAs(((RocksDbEventLog)services.GetRequiredService<IEventLog>()).DeadLetters);
            services.GetRequiredService<IAttemptStore>().ShouldBeSameAs(((RocksDbEventLog)services.GetRequiredService<IEventLog>()).Attempts);
            services.GetRequiredService<EventLogHealth>().Check().Condition.ShouldBe(LogCondition.Healthy);
        }
    }

    [Fact]
    public async Task AddEventLog_OptionsThatDoNotFitTogether_RefusedBeforeAnythingIsOpened()
    {
        await using var services = Services(static options => (options.MaxBytes, options.RetentionBytes, options.CommitBytes, options.MaxWaitingBytes) = (1 << 20, 2 << 20, 2 << 20, 1 << 20));
        var refused = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IEventLog>());
        refused.Failures.Count().ShouldBe(2);
    }

    private static ServiceProvider Services(Action<EventLogOptions> configure) => new ServiceCollection()
        .Configure(configure)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<WebhookMetrics>()
        .AddLogging()
        .AddEventLog()
        .BuildServiceProvider();
}
