namespace Webhook.Actors.Integrations;

/// <summary>What is sent to one integration through its shard region; sharding finds the entity by <see cref="Integration"/>.</summary>
public interface IIntegrationCommand : IWireMessage
{
    IntegrationId Integration { get; }
}
