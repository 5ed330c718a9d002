using System.Globalization;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>The API's routes, as functions of the request (spec 7).</summary>
internal sealed class IntegrationEndpoints(IntegrationDirectory directory, ChannelList channels)
{
    public static IResult Types() => Results.Json(new ListResource<string>([SettingNames.WebhookType]), IntegrationsJson.Readable.NameList);

    public IResult Channels(string? type) => type switch
    {
        SettingNames.WebhookType => Results.Json(new ListResource<string>(channels.Names), IntegrationsJson.Readable.NameList),
        null or "" => new ErrorResult(new ApiError(StatusCodes.Status400BadRequest, "unknown_type", "The query has no type; use ?type=WEBHOOK.")),
        _ => new ErrorResult(new ApiError(StatusCodes.Status400BadRequest, "unknown_type", $"The type '{type}' is not known; use ?type=WEBHOOK.")),
    };

    public async Task<IResult> ListAsync(CancellationToken cancellation)
    {
        var list = await directory.ListAsync(cancellation);
        return Results.Json(new ListResource<IntegrationResource>([.. list.Select(IntegrationResource.Of)]), IntegrationsJson.Readable.IntegrationList);
    }

    public async Task<IResult> CreateAsync(HttpRequest http)
    {
        var errors = new SettingErrors();
        var result = await directory.CreateAsync(await IntegrationBody.ReadAsync(http, errors), errors);
        return result.Answer(view =>
        {
            http.HttpContext.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{http.Path}/{view.Id}");
            return Show(view, StatusCodes.Status201Created);
        });
    }

    public async Task<IResult> GetAsync(long id, CancellationToken cancellation) =>
        (await directory.GetAsync(new IntegrationId(id), cancellation)).Answer(Show);

    public async Task<IResult> UpdateAsync(long id, HttpRequest http)
    {
        var errors = new SettingErrors();
        var request = await IntegrationBody.ReadAsync(http, errors);
        return (await directory.UpdateAsync(new IntegrationId(id), request, errors)).Answer(Show);
    }

    public async Task<IResult> DeleteAsync(long id) => (await directory.DeleteAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> TestAsync(long id) => (await directory.TestAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> EnableAsync(long id) => (await directory.EnableAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> DisableAsync(long id) => (await directory.DisableAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> StatusAsync(long id, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(new IntegrationId(id), cancellation);
        var lanes = found is DirectoryResult.Done ? await directory.ProgressAsync(new IntegrationId(id), cancellation) : null;
        return found.Answer(view => Results.Json(StatusResource.Of(view, lanes), IntegrationsJson.Readable.StatusResource));
    }

    public async Task<IResult> ErrorsAsync(long id, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(new IntegrationId(id), cancellation);
        return found.Answer(static view =>
        {
            // Newest first.
            ErrorResource[] errors = [.. view.Current.Errors.Reverse().Select(static e => new ErrorResource(e.Error, e.At.UtcDateTime))];
            return Results.Json(new ErrorsResource(errors.Length, errors), IntegrationsJson.Readable.ErrorsResource);
        });
    }

    public static IResult NothingHere(HttpRequest http) =>
        new ErrorResult(new ApiError(StatusCodes.Status404NotFound, "not_found", $"There is nothing at {http.Method} {http.Path}."));

    private static IResult Show(IntegrationView view) => Show(view, StatusCodes.Status200OK);

    private static IResult Show(IntegrationView view, int status) =>
        Results.Json(IntegrationResource.Of(view), IntegrationsJson.Readable.IntegrationResource, statusCode: status);
}
