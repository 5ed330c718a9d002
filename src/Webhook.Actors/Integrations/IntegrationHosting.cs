using System.Globalization;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Webhook.Actors.Events;

namespace Webhook.Actors.Integrations;

/// <summary>The integrations' shard region, the catalog and their serializer.</summary>
internal static class IntegrationHosting
{
    // Constant for the life of a cluster.
    private const int Shards = 100;

    /// <summary>
    /// Registers <see cref="IntegrationRegion"/> and <see cref="CatalogProxy"/>. Needs <see cref="TimeProvider"/> in the container; in the actor registry, by the
    /// time of the first integration: <see cref="LaneRegion"/> and <see cref="CertificatesProxy"/>.
    /// </summary>
    /// <param name="partitions">Of the event log.</param>
    public static AkkaConfigurationBuilder AddIntegrations(this AkkaConfigurationBuilder builder, int partitions) => builder
        .AddWireSerializer()
        .WithShardRegion<IntegrationRegion>(
            "integration",
            (_, registry, resolver) =>
            {
                var time = resolver.GetService<TimeProvider>();
                return entity => IntegrationActor.Props(
                    new IntegrationId(long.Parse(entity, CultureInfo.InvariantCulture)), registry.Get<LaneRegion>(), partitions, registry.Get<CertificatesProxy>(), time);
            },
            new Extractor(),
            new ShardOptions
            {
                StateStoreMode = StateStoreMode.DData,
                // The catalog wakes them all, after every start and move.
                RememberEntities = false,
                ShouldPassivateIdleEntities = false,
                HandOffStopMessage = IntegrationMessage.Leave.Instance,
            })
        .WithSingleton<CatalogProxy>(
            "catalog",
            static (_, registry, resolver) => CatalogActor.Props(registry.Get<IntegrationRegion>(), resolver.GetService<TimeProvider>()));

    /// <summary>Registers <see cref="IntegrationDirectory"/>. Needs <see cref="ChannelList"/>, <see cref="IntegrationSource"/>, <see cref="ISecretProtector"/> and <see cref="TimeProvider"/> in the container.</summary>
    /// <param name="partitions">Of the event log.</param>
    public static IServiceCollection AddIntegrationDirectory(this IServiceCollection services, Func<IServiceProvider, int> partitions) => services
        .AddSingleton<IntegrationValidator>()
        .AddSingleton<IntegrationCalls>()
        .AddSingleton<ManagedIntegrations>()
        .AddSingleton<SecretRotation>()
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<IntegrationDirectory>(provider, partitions(provider)))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<IntegrationReplays>(provider, partitions(provider)));

    private sealed class Extractor() : HashCodeMessageExtractor(Shards)
    {
        public override string? EntityId(object message) => (message as IIntegrationCommand)?.Integration.ToString();

        // Ids count up, so their remainders spread evenly; the base's hash would do no better and fails for one value in 2^32.
        public override string ShardId(string entityId, object? messageHint = null) =>
            (long.Parse(entityId, CultureInfo.InvariantCulture) % Shards).ToString(CultureInfo.InvariantCulture);
    }
}
