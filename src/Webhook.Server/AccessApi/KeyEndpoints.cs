using System.Globalization;
using Webhook.Actors.Integrations;
using Webhook.Server.Access;
using Webhook.Server.Audit;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.AccessApi;

/// <summary><c>/v1/keys</c>: who may call this instance. One key per producer, so that one can be taken away alone.</summary>
internal sealed class KeyEndpoints(AccessKeys keys, TimeProvider time)
{
    public IResult List() => Results.Json(new KeyList([.. keys.All.Select(KeyResource.Of)]), KeyJson.Readable.KeyList);

    public async Task<IResult> CreateAsync(HttpRequest http)
    {
        var errors = new SettingErrors();
        if (await IntegrationBody.ReadAsync(http, errors, KeyRequest.Read) is not { } request) return Invalid(errors);
        var trail = http.HttpContext.Trail();
        trail.Name = request.Name;
        trail.Changes = [new AuditChange("role", null, AccessRoles.NameOf(request.Role))];
        return Answer(keys.Add(request.Name, request.Role, time.GetUtcNow()), request.Name);
    }

    public IResult Delete(string name) => Answer(keys.Remove(name), name);

    private static IResult Answer(KeyChange change, string name) => change switch
    {
        KeyChange.Added added => Results.Json(
            new NewKeyResource(added.Key.Name, AccessRoles.NameOf(added.Key.Role), added.Key.CreatedAt.UtcDateTime, added.Token),
            KeyJson.Readable.NewKeyResource, statusCode: StatusCodes.Status201Created),
        KeyChange.Removed => Results.NoContent(),
        KeyChange.NotFound => Error(StatusCodes.Status404NotFound, "not_found", "There is no key with this name; GET /v1/keys lists them."),
        KeyChange.NameTaken => Error(StatusCodes.Status409Conflict, "name_taken", $"The name '{name}' is taken by another key; choose another."),
        KeyChange.TooMany => Error(
            StatusCodes.Status409Conflict, "too_many_keys",
            string.Create(CultureInfo.InvariantCulture, $"There are {AccessKeys.MaxKeys} keys, the most there can be; delete one that is no longer used.")),
        KeyChange.LastAdmin => Error(
            StatusCodes.Status409Conflict, "last_admin", $"The key '{name}' is the last admin key; without it nobody could manage this instance. Make another one first."),
        KeyChange.NotStored(KeyOrigin.Environment) => Error(
            StatusCodes.Status409Conflict, "key_of_environment",
            $"The key '{name}' is set by {AccessKeys.AdminTokenVariable} or {AccessKeys.IngestKeyVariable}; unset the variable and start again."),
        KeyChange.NotStored => Error(StatusCodes.Status409Conflict, "key_of_program", $"The key '{name}' is the program's own, and ends with it."),
        KeyChange.Unwritable => Error(
            StatusCodes.Status503ServiceUnavailable, "keys_unavailable", "Nothing was changed: the keys' file in the data folder cannot be written; its disk may be full."),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.GetType(), "has no answer"),
    };

    private static ErrorResult Invalid(SettingErrors errors) => new(new ApiError(
        StatusCodes.Status400BadRequest, "invalid_key", "The key cannot be made; see details.", errors.All));

    private static ErrorResult Error(int status, string type, string message) => new(new ApiError(status, type, message));
}
