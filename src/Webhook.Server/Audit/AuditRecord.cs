using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Webhook.Server.Audit;

/// <summary>One change, as it stands in the file and is answered. The file has two lines of each, with the same id: before it was tried without, after it with its outcome.</summary>
/// <param name="Id">From 1, in the order in which changes began.</param>
/// <param name="Time">When it began.</param>
/// <param name="Action">What was asked for: <c>integration.update</c>.</param>
/// <param name="Outcome">null: the process ended, or its disk was full, before the outcome could be written; look at the object itself.</param>
/// <param name="Changes">Which settings changed; null unless something did.</param>
internal sealed record AuditRecord(
    long Id, DateTime Time, AuditActor Who, string Action, AuditObject Object, AuditOutcome? Outcome, IReadOnlyList<AuditChange>? Changes);

/// <param name="Key">The access key's name.</param>
/// <param name="Address">The client's, as the connection says: behind a proxy the proxy's.</param>
internal sealed record AuditActor(string Key, string Role, string? Address);

/// <param name="Kind">The first word of the action.</param>
internal sealed record AuditObject(string Kind, string? Id, string? Name);

/// <param name="Status">Of the answer; 499 when the client went away while it waited.</param>
/// <param name="Type">The error's type, where it was one.</param>
internal sealed record AuditOutcome(int Status, string? Type);

/// <summary>A setting by its name in the API, with its value before and after. A secret has neither: it says <c>"secret":"changed"</c>.</summary>
internal sealed record AuditChange(string Field, JsonNode? Old, JsonNode? New)
{
    public string? Secret { get; init; }

    /// <summary>Something changed that must not be shown.</summary>
    public static AuditChange OfSecret(string field) => new(field, null, null) { Secret = "changed" };
}

/// <param name="Next">Ask with <c>before</c> this for the next ones; null when these were the last.</param>
/// <param name="Unreadable">Lines passed over because they are damaged, such as one cut off by a crash; null when there was none.</param>
internal sealed record AuditPage(IReadOnlyList<AuditRecord> Data, long? Next, int? Unreadable);

[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditPage))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    public static AuditJson Readable { get; } = new(NewOptions());

    private static JsonSerializerOptions NewOptions()
    {
        var options = ReadableJson.NewOptions();
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
