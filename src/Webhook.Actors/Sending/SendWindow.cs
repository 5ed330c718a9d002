using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>How many requests a lane has in flight at most. Fixed; the place where an adaptive one will live.</summary>
internal sealed class SendWindow
{
    /// <summary>Requests in flight when <c>maxConcurrency</c> is absent.</summary>
    public const int Default = 4;

    private SendWindow(int size) => Size = size;

    public int Size { get; }

    public static SendWindow For(DeliverySettings delivery) => new(delivery.Ordered ? 1 : delivery.MaxConcurrency ?? Default);

    public bool HasRoom(int inFlight) => inFlight < Size;
}
