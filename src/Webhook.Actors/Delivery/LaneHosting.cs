using System.Globalization;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.DependencyInjection;
using Akka.Hosting;
using Microsoft.Extensions.Options;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Delivery;

/// <summary>The lanes' shard region, and what sees to their cursors.</summary>
internal static class LaneHosting
{
    // Constant for the life of a cluster.
    private const int Shards = 100;

    /// <summary>
    /// Registers the region under <see cref="LaneRegion"/>. Needs in the container: <see cref="EventLogReader"/>, <see cref="ICursorStore"/>, <see cref="IDeadLetterStore"/>, <see cref="DeliveryLog"/>,
    /// <see cref="ISecretProtector"/>, <see cref="ICertificateSource"/>, <see cref="StandardOutput"/>, <see cref="TimeProvider"/>, <see cref="WebhookMetrics"/>, <see cref="LaneGauges"/>, options of <see cref="DeliveryOptions"/> and <see cref="EgressOptions"/>; in the actor registry, by
    /// the time of the first lane: <see cref="IntegrationRegion"/> and <see cref="CatalogProxy"/>.
    /// </summary>
    public static AkkaConfigurationBuilder AddLanes(this AkkaConfigurationBuilder builder) => builder.WithShardRegion<LaneRegion>(
        "lane",
        static (_, registry, resolver) =>
        {
            var log = resolver.GetService<EventLogReader>();
            var time = resolver.GetService<TimeProvider>();
            var metrics = resolver.GetService<WebhookMetrics>();
            var options = resolver.GetService<IOptions<DeliveryOptions>>().Value;
            var limits = new SendingLimits(options.InhibitionTime, options.MaxRetryAfter, options.MaxBytesInFlight);
            var services = new LaneServices(
                log,
                resolver.GetService<ICursorStore>(),
                resolver.GetService<IDeadLetterStore>(),
                resolver.GetService<DeliveryLog>(),
                new SendingServices(
                    resolver.GetService<ISecretProtector>(), resolver.GetService<ICertificateSource>(), limits, time, metrics,
                    EgressRules.Of(resolver.GetService<IOptions<EgressOptions>>().Value), new SystemResolver(),
                    resolver.GetService<StandardOutput>()),
                resolver.GetService<LaneGauges>(),
                options.DrainTimeout);
            return entity => LaneActor.Props(Parse(entity), services, registry.Get<IntegrationRegion>());
        },
        new Extractor(),
        new ShardOptions
        {
            StateStoreMode = StateStoreMode.DData,
            // The catalog wakes every enabled integration, and that wakes its lanes.
            RememberEntities = false,
            ShouldPassivateIdleEntities = false,
            HandOffStopMessage = LaneHandOff.Instance,
        })
        .AddStartup(static (system, registry) =>
        {
            var cursors = DependencyResolver.For(system).Resolver.GetService<ICursorStore>();
            system.ActorOf(CursorReconciliationActor.Props(cursors, registry.Get<CatalogProxy>), "cursor-reconciliation");
        });

    private static LaneId Parse(string entity)
    {
        var dash = entity.LastIndexOf('-');
        return new LaneId(
            new IntegrationId(long.Parse(entity.AsSpan(0, dash), CultureInfo.InvariantCulture)),
            int.Parse(entity.AsSpan(dash + 1), CultureInfo.InvariantCulture));
    }

    private sealed class Extractor() : HashCodeMessageExtractor(Shards)
    {
        public override string? EntityId(object message) => (message as LaneProtocol.ILaneCommand)?.Lane.ToString();
    }
}
