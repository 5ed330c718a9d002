using System.Buffers;
using System.Collections.Frozen;

namespace Webhook.Actors.Integrations;

/// <summary>Which custom headers may go out: none of the registry's, none of a browser's or proxy's, none that deliveries set themselves.</summary>
internal static class CustomHeaderRules
{
    public const int MaxHeaders = 256;
    public const int MaxNameLength = 256;
    public const int MaxValueLength = 4096;

    private const string RegistryFile = "Webhook.Actors.Integrations.http-field-names.txt";

    // RFC 9110 5.6.2: token = 1*tchar.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly FrozenSet<string> Registered = ReadRegistry();

    private static readonly FrozenSet<string> SetByDeliveries = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "webhook-id", "webhook-timestamp", "webhook-signature", "X-Hub-Signature", "X-Hub-Signature-256");

    /// <returns>null, or why the name is refused.</returns>
    public static string? CheckName(string name)
    {
        if (name.Length == 0) return "is empty; give the header's name";
        if (name.Length > MaxNameLength) return $"has {name.Length} characters; at most {MaxNameLength}";
        if (name[0] == ':') return $"'{name}' is a pseudo-header of HTTP/2, which only the protocol sets; use another name";
        if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
            return $"'{Printable(name)}' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only";
        if (SetByDeliveries.Contains(name) || name.StartsWith("X-Webhook-", StringComparison.OrdinalIgnoreCase))
            return $"'{name}' is set by deliveries themselves; use another name";
        if (name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)) return $"'{name}' is for proxies (Proxy-*); use another name";
        if (name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)) return $"'{name}' is for browsers (Sec-*); use another name";
        if (Registered.Contains(name)) return $"'{name}' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-{name}";
        return null;
    }

    /// <summary>Visible ASCII, spaces and tabs: HTTP knows no encoding for the rest, and white space around a value does not arrive.</summary>
    /// <returns>null, or why the value is refused; never the value, which may be a key.</returns>
    public static string? CheckValue(string value)
    {
        if (value.Length > MaxValueLength) return $"has {value.Length} characters; at most {MaxValueLength}";
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is (< ' ' and not '\t') or > '~')
                return $"has the character U+{(int)value[i]:X4} at index {i}; only visible ASCII, spaces and tabs";
        }

        return value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t')
            ? "begins or ends with white space, which does not arrive; remove it"
            : null;
    }

    private static string Printable(string name) =>
        string.Concat(name.Select(static c => c is < ' ' or > '~' ? $"\\u{(int)c:x4}" : c.ToString()));

    private static FrozenSet<string> ReadRegistry()
    {
        using var file = typeof(CustomHeaderRules).Assembly.GetManifestResourceStream(RegistryFile)!;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line[0] != '#')
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
