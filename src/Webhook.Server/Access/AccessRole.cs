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
