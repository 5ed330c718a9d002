using System.Diagnostics.CodeAnalysis;

namespace Webhook.Server.Access;

/// <summary>Who may send events.</summary>
/// <remarks>Asked by the ingest routes themselves: authentication middleware, ticket and policies would cost more than all the rest of a request with one event.</remarks>
internal interface IProducers
{
    /// <param name="producer">Its name; what it repeats is told from what others send.</param>
    bool MaySend(HttpContext context, [NotNullWhen(true)] out string? producer, [NotNullWhen(false)] out ApiError? refusal);
}

/// <summary>Those with an ingest key.</summary>
internal sealed class KeyedProducers(TokenCheck tokens) : IProducers
{
    public bool MaySend(HttpContext context, [NotNullWhen(true)] out string? producer, [NotNullWhen(false)] out ApiError? refusal)
    {
        var key = tokens.Find(context, out var wrong);
        var may = key is { Role: AccessRole.Ingest };
        producer = may ? key!.Name : null;
        refusal = may ? null : key is null ? wrong : ApiErrors.Forbidden;
        return may;
    }
}

/// <summary>Endpoint metadata: the route asks <see cref="IProducers"/> by itself.</summary>
internal sealed record ProducersOnly;
