namespace Webhook.Server.Access;

/// <summary>What a key may do; a key has exactly one role.</summary>
internal enum AccessRole
{
    /// <summary>Everything in the API and the console; no ingest.</summary>
    Admin,

    /// <summary>Reads in the API and the console.</summary>
    Viewer,

    /// <summary>Sends events, nothing else: one key per producer.</summary>
    Ingest,
}

/// <summary>The API's words for the roles; exact.</summary>
internal static class AccessRoles
{
    public const string All = "admin, viewer, ingest";

    public static string NameOf(AccessRole role) => role switch
    {
        AccessRole.Admin => "admin",
        AccessRole.Viewer => "viewer",
        AccessRole.Ingest => "ingest",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "is not a role"),
    };

    public static AccessRole? Parse(string name) => name switch
    {
        "admin" => AccessRole.Admin,
        "viewer" => AccessRole.Viewer,
        "ingest" => AccessRole.Ingest,
        _ => null,
    };
}
