using System.Text.Json;
using System.Text.Json.Nodes;
using Webhook.Actors.Integrations;
using Webhook.Server.Audit;

namespace Webhook.Server.IntegrationsApi;

/// <summary>What a change did to an integration, setting by setting, in the API's names.</summary>
/// <remarks>Values of custom headers are treated as secrets: users keep API keys in them.</remarks>
internal static class IntegrationChanges
{
    private const string Secret = "connectionInfo.secret";
    private const string Headers = "connectionInfo.headers";

    /// <param name="before">null: it is new.</param>
    public static IReadOnlyList<AuditChange> Between(IntegrationView? before, IntegrationView after)
    {
        var (old, now) = (Settings(before), Settings(after));
        var changes = new List<AuditChange>();
        foreach (var field in old.Keys.Union(now.Keys))
        {
            var (was, becomes) = (old.GetValueOrDefault(field), now.GetValueOrDefault(field));
            if (JsonNode.DeepEquals(was, becomes)) continue;
            if (field == Headers) changes.AddRange(HeaderChanges(before, after));
            else changes.Add(new AuditChange(field, was, becomes));
        }

        if (!after.Settings.Secrets.SequenceEqual(before?.Settings.Secrets ?? [])) changes.Add(AuditChange.OfSecret(Secret));
        return changes;
    }

    private static IEnumerable<AuditChange> HeaderChanges(IntegrationView? before, IntegrationView after)
    {
        var changed = (before?.Settings.Headers ?? []).Except(after.Settings.Headers).Concat(after.Settings.Headers.Except(before?.Settings.Headers ?? []));
        return changed.Select(static header => header.Key).Distinct(StringComparer.OrdinalIgnoreCase).Select(static key => AuditChange.OfSecret($"{Headers}[{key}]"));
    }

    /// <summary>Path and value of each setting.</summary>
    private static Dictionary<string, JsonNode?> Settings(IntegrationView? view)
    {
        var settings = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (view is null) return settings;
        var resource = JsonSerializer.SerializeToNode(IntegrationResource.Of(view), IntegrationsJson.Readable.IntegrationResource)!.AsObject();
        resource.Remove("id");
        Flatten(resource, "", settings);
        return settings;
    }

    private static void Flatten(JsonObject json, string prefix, Dictionary<string, JsonNode?> settings)
    {
        foreach (var (name, value) in json)
        {
            if (value is JsonObject inner) Flatten(inner, $"{prefix}{name}.", settings);
            else settings[prefix + name] = value;
        }
    }
}
