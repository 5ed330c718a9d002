using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Looking at the newest attempts of an integration.</summary>
internal sealed class DeliveryEndpoints(IntegrationDirectory directory, DeliveryLog log)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 1_000;

    /// <summary>The words for what became of an attempt.</summary>
    public static readonly string[] Outcomes = [.. Enum.GetValues<AttemptOutcome>().Select(static outcome => OutcomeRule.Of(outcome).Label)];

    public async Task<IResult> ListAsync(long id, HttpRequest http, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Query);
        var limit = query.Integer("limit", 1, MaxLimit) ?? DefaultLimit;
        var filter = new DeliveryFilter(query.OneOf("outcome", Outcomes), query.Text("batch", 200));
        var found = await directory.GetAsync(new IntegrationId(id), cancellation);
        if (found is not DirectoryResult.Done) return found.Answer(static _ => Results.Empty);
        if (query.Error() is { } error) return new ErrorResult(error);

        var attempts = await log.ListAsync(new IntegrationId(id), limit, filter, cancellation);
        return Results.Json(new DeliveriesResource(attempts.Count, [.. attempts.Select(DeliveryAttemptResource.Of)]), DeliveriesJson.Readable.DeliveriesResource);
    }
}
