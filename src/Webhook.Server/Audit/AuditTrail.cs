namespace Webhook.Server.Audit;

/// <summary>What a route knows about the change it makes, beyond what the request says; it goes into the record of its outcome.</summary>
internal sealed class AuditTrail
{
    /// <summary>Given when the object comes to be in this request.</summary>
    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary>For an answer that is no error, of something that failed all the same.</summary>
    public string? Type { get; set; }

    public IReadOnlyList<AuditChange> Changes { get; set; } = [];
}
