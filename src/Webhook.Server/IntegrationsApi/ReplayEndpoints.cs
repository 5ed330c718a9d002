using System.Text.Json.Serialization;
using Webhook.Actors.Integrations;
using Webhook.Server.Audit;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Sending once more: what was delivered (replay), and what was refused (redelivery).</summary>
internal sealed class ReplayEndpoints(IntegrationReplays replays)
{
    /// <summary>With <c>dryRun</c> 200 and the count; else 202, and it runs on.</summary>
    public async Task<IResult> StartAsync(long id, HttpRequest http, CancellationToken cancellation)
    {
        var errors = new SettingErrors();
        var request = await IntegrationBody.ReadAsync(http, errors, ReplayRequest.Read);
        if (request is null) return Invalid("invalid_replay", "The replay cannot be carried out like this; see details.", errors);
        var (result, plans) = await replays.StartAsync(new IntegrationId(id), request, cancellation);
        return result.Answer(view =>
        {
            http.HttpContext.Trail().Name = view.Name;
            return Results.Json(
                ReplayResource.Of(plans, request.IsPreview ? null : view.Current.Replay?.Number), ReplayJson.Readable.ReplayResource,
                statusCode: request.IsPreview ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });
    }

    public async Task<IResult> StopAsync(long id) => (await replays.StopAsync(new IntegrationId(id))).Answer(static _ => Results.NoContent());

    /// <summary>202: it runs on; a dead letter that arrives is gone from the list, one that is refused again has the new answer.</summary>
    public async Task<IResult> RedeliverAsync(long id, HttpRequest http, CancellationToken cancellation)
    {
        var errors = new SettingErrors();
        var request = await IntegrationBody.ReadAsync(http, errors, RedeliveryRequest.Read);
        if (request is null) return Invalid("invalid_redelivery", "The dead letters cannot be redelivered like this; see details.", errors);
        return (await replays.RedeliverAsync(new IntegrationId(id), request, cancellation)).Answer(static _ => Results.Accepted());
    }

    private static ErrorResult Invalid(string type, string message, SettingErrors errors) =>
        new(new ApiError(StatusCodes.Status400BadRequest, type, message, errors.All));
}

/// <param name="Events">Of the integration's channels.</param>
/// <param name="Number">Of the replay that began; absent in a preview.</param>
internal sealed record ReplayResource(long Events, long? Number, IReadOnlyList<ReplayStretchResource> Stretches)
{
    public static ReplayResource Of(IReadOnlyList<LaneProtocol.ReplayPlan> plans, long? number) => new(
        plans.Sum(static p => p.Events), number,
        [
            .. plans.Select(static p => new ReplayStretchResource(
                new PositionResource(p.Lane.Partition, p.From), new PositionResource(p.Lane.Partition, p.To), p.Events, p.OldestKept?.UtcDateTime)),
        ]);
}

/// <param name="To">First position that is not replayed any more.</param>
/// <param name="OldestKept">When the oldest event still in the log was stored: nothing before it can be replayed.</param>
internal sealed record ReplayStretchResource(PositionResource From, PositionResource To, long Events, DateTime? OldestKept);

[JsonSerializable(typeof(ReplayResource))]
internal sealed partial class ReplayJson : JsonSerializerContext
{
    public static ReplayJson Readable { get; } = new(NewOptions());

    private static System.Text.Json.JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
