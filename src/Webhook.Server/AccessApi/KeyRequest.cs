using System.Text.Json;
using Webhook.Actors.Integrations;
using Webhook.Server.Access;

namespace Webhook.Server.AccessApi;

/// <summary>What a new key shall be: <c>{"name", "role"}</c>, valid.</summary>
internal sealed record KeyRequest(string Name, AccessRole Role)
{
    /// <returns>null when <paramref name="errors"/> has any.</returns>
    public static KeyRequest? Read(ReadOnlyMemory<byte> body, SettingErrors errors) => RequestObject.ReadBody(body, errors, Read);

    private static KeyRequest? Read(JsonElement body, SettingErrors errors)
    {
        if (RequestObject.Open(body, "", errors, "name", "role") is not { } json) return null;
        var (name, role) = (json.Text("name"), json.Text("role"));
        if (name is null)
        {
            if (!errors.Has("name")) errors.Add("name", $"is missing; 1 to {AccessKey.MaxNameLength} characters, unique");
        }
        else if (AccessKey.CheckName(name) is { } problem)
        {
            errors.Add("name", problem);
        }

        if (role is null)
        {
            if (!errors.Has("role")) errors.Add("role", $"is missing; one of {AccessRoles.All}");
        }
        else if (AccessRoles.Parse(role) is null)
        {
            errors.Add("role", $"'{role}' is not known; one of {AccessRoles.All}");
        }

        return errors.Any ? null : new KeyRequest(name!, AccessRoles.Parse(role!)!.Value);
    }
}
