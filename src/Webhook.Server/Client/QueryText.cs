using System.Globalization;

namespace Webhook.Server.Client;

/// <summary>The query of a path, of what was given.</summary>
internal static class QueryText
{
    public static string Of(params (string Name, object? Value)[] values)
    {
        var given = values.Where(static v => v.Value is not null)
            .Select(static v => $"{v.Name}={Uri.EscapeDataString(Convert.ToString(v.Value, CultureInfo.InvariantCulture)!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
