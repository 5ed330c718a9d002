using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhook.Actors.Certificates;
using Webhook.Actors.DeadLetters;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Hosting;

public static class WebhookActorsHosting
{
    public const string ActorSystemName = "webhook";

    // The name of the one built in, and of one beside the program.
    private const string AkkaSettings = "akka.hocon";

    /// <summary>
    /// The whole engine on one node: event log, journal, and the actor system as a cluster of one. Needs in the container: <see cref="ISecretProtector"/>, <see cref="IntegrationSource"/>,
    /// <see cref="ChannelOptions"/> and options of <see cref="EventLogOptions"/>, <see cref="DeliveryOptions"/>, <see cref="EgressOptions"/>,
    /// <see cref="DeliveryLogOptions"/> and <see cref="DeadLetterOptions"/>.
    /// </summary>
    /// <param name="configuration">Its section <c>akka</c> wins over a file akka.hocon beside the program, which wins over the one built in, which wins over the code.</param>
    /// <param name="journalFile">The SQLite file of the actors' journal; made if it is not there.</param>
    public static IServiceCollection AddWebhookActors(this IServiceCollection services, IConfiguration configuration, string journalFile)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<ChannelList>();
        services.AddSingleton(static _ => StandardOutput.OfProcess());
        services.AddEventLog();
        services.AddDeliveryLog();
        services.AddSingleton<LaneGauges>();
        services.AddIntegrationDirectory(Partitions);
        services.AddCertificateDirectory();
        return services.AddAkka(ActorSystemName, (akka, provider) => akka
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon($"akka.scheduler.implementation = \"{typeof(TimerScheduler).FullName}, {typeof(TimerScheduler).Assembly.GetName().Name}\"", HoconAddMode.Prepend)
            .WithRemoting(new RemoteOptions { HostName = "127.0.0.1", PublicHostName = "127.0.0.1", Port = 0 })
            .WithClustering()
            .AddSqlitePersistence(journalFile)
            .AddRetention()
            .AddDeadLetterRetention()
            .AddCertificates()
            .AddLanes()
            .AddIntegrations(Partitions(provider))
            .AddStartup(static (system, _) => Cluster.Get(system).JoinAsync(Cluster.Get(system).SelfAddress))
            .AddHocon(ConfigurationFactory.FromResource(AkkaSettings, typeof(WebhookActorsHosting).Assembly), HoconAddMode.Prepend)
            .AddFileBeside()
            .AddOverrides(configuration.GetSection("akka")));
    }

    private static AkkaConfigurationBuilder AddFileBeside(this AkkaConfigurationBuilder akka)
    {
        var file = Path.Combine(AppContext.BaseDirectory, AkkaSettings);
        return File.Exists(file) ? akka.AddHoconFile(file, HoconAddMode.Prepend) : akka;
    }

    // An empty section would become an empty string in the place of all of Akka's settings.
    private static AkkaConfigurationBuilder AddOverrides(this AkkaConfigurationBuilder akka, IConfigurationSection section) =>
        section.Exists() ? akka.AddHocon(section, HoconAddMode.Prepend) : akka;

    private static int Partitions(IServiceProvider provider) => provider.GetRequiredService<IEventLog>().Partitions;
}
