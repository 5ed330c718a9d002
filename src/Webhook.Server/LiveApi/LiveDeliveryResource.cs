using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.LiveApi;

/// <summary>An attempt that has just ended, as <c>GET …/deliveries</c> will show it.</summary>
internal sealed record LiveDeliveryResource(LiveIntegration Integration, DeliveryAttemptResource Delivery);

/// <param name="Name">Absent when the integration is gone.</param>
internal sealed record LiveIntegration(long Id, string? Name);

/// <param name="Count">Deliveries that are not shown, because whoever listens reads too slowly; they came before the next one shown.</param>
internal sealed record DroppedResource(long Count);
