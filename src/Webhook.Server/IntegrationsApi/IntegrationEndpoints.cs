using System.Globalization;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Server.Audit;

namespace Webhook.Server.IntegrationsApi;

/// <summary>The API's routes, as functions of the request.</summary>
internal sealed class IntegrationEndpoints(IntegrationDirectory directory, ChannelList channels, TimeProvider time)
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
        return Audited(http, result).Answer(view =>
        {
            http.HttpContext.Trail().Changes = IntegrationChanges.Between(null, view);
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
        return Audited(http, await directory.UpdateAsync(new IntegrationId(id), request, errors)).Answer(Show);
    }

    /// <summary>A made secret is in this answer and in no other.</summary>
    public async Task<IResult> RotateAsync(long id, HttpRequest http)
    {
        var errors = new SettingErrors();
        var request = await IntegrationBody.ReadAsync(http, errors, SecretRotationRequest.Read);
        var result = await directory.RotateAsync(new IntegrationId(id), request, errors);
        return result is DirectoryResult.Invalid
            ? new ErrorResult(new ApiError(StatusCodes.Status400BadRequest, "invalid_rotation", "The secret cannot be rotated like this; see details.", errors.All))
            : Audited(http, result).Answer(view => Results.Json(
                new RotationResource(SecretResource.Of(view.Settings, time.GetUtcNow()), request!.Generate ? request.Secret!.Reveal() : null),
                IntegrationsJson.Readable.RotationResource));
    }

    public async Task<IResult> DeleteAsync(long id, HttpRequest http) => Audited(http, await directory.DeleteAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> TestAsync(long id, HttpRequest http) => Audited(http, await directory.TestAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> EnableAsync(long id, HttpRequest http) => Audited(http, await directory.EnableAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> DisableAsync(long id, HttpRequest http) => Audited(http, await directory.DisableAsync(new IntegrationId(id))).Answer(Show);

    public async Task<IResult> StatusAsync(long id, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(new IntegrationId(id), cancellation);
        var lanes = found is DirectoryResult.Done ? await directory.ProgressAsync(new IntegrationId(id), cancellation) : null;
        return found.Answer(view => Results.Json(StatusResource.Of(view, lanes, time.GetUtcNow()), IntegrationsJson.Readable.StatusResource));
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

    /// <summary>Notes for the audit log what became of it.</summary>
    private static DirectoryResult Audited(HttpRequest http, DirectoryResult result)
    {
        var trail = http.HttpContext.Trail();
        switch (result)
        {
            case DirectoryResult.Done done:
                trail.Id = done.Integration.Id.ToString();
                trail.Name = done.Integration.Name;
                if (done.Before is { } before) trail.Changes = IntegrationChanges.Between(before, done.Integration);
                break;
            case DirectoryResult.Deleted deleted:
                trail.Name = deleted.Name;
                break;
            case DirectoryResult.Tested { Report.Succeeded: false }:
                trail.Type = "test_failed";
                break;
        }

        return result;
    }

    private static IResult Show(IntegrationView view) => Show(view, StatusCodes.Status200OK);

    private static IResult Show(IntegrationView view, int status) =>
        Results.Json(IntegrationResource.Of(view), IntegrationsJson.Readable.IntegrationResource, statusCode: status);
}
