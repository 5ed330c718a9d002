using System.Globalization;
using System.Text.Json;

namespace Webhook.Actors.Integrations;

/// <summary>One JSON object of a request: hands out its members by name and type, and puts wrong types, repeated and unknown members on the list of errors.</summary>
/// <remarks>null stands for "not given" everywhere: clients that write all their fields mean nothing by it.</remarks>
internal sealed class RequestObject
{
    private const int MaxDepth = 16;

    private readonly string _prefix;
    private readonly SettingErrors _errors;
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    private RequestObject(JsonElement json, string path, SettingErrors errors, ReadOnlySpan<string> known)
    {
        _prefix = path.Length == 0 ? "" : path + ".";
        _errors = errors;
        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name)) errors.Add(_prefix + member.Name, $"unknown member; known here: {string.Join(", ", known!)}");
            else if (!_members.TryAdd(member.Name, member.Value)) errors.Add(_prefix + member.Name, "is given twice; give it once");
        }
    }

    /// <summary>Reads a body that is one JSON document.</summary>
    /// <returns>null, and an error, when it is no JSON; else what <paramref name="read"/> made of it.</returns>
    public static T? ReadBody<T>(ReadOnlyMemory<byte> body, SettingErrors errors, Func<JsonElement, SettingErrors, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return read(document.RootElement, errors);
        }
        catch (JsonException e)
        {
            // Only the place: the parser's own message may quote the body.
            errors.Add("", $"the body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            return null;
        }
        catch (InvalidOperationException)
        {
            errors.Add("", "the body is not JSON: a string in it is not valid UTF-8 or half of a surrogate pair");
            return null;
        }
    }

    /// <returns>null, and an error, when it is no object.</returns>
    public static RequestObject? Open(JsonElement json, string path, SettingErrors errors, params ReadOnlySpan<string> known)
    {
        if (json.ValueKind == JsonValueKind.Object) return new RequestObject(json, path, errors, known);
        errors.Add(path, path.Length == 0 ? $"the body must be a JSON object, not {Name(json)}" : $"must be an object, not {Name(json)}");
        return null;
    }

    /// <summary>The object as a whole is wrong.</summary>
    public void Refuse(string message) => _errors.Add(_prefix.TrimEnd('.'), message);

    /// <summary>A time in RFC 3339.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && text.Contains('T', StringComparison.Ordinal)) return time;
        _errors.Add(_prefix + name, $"'{text[..Math.Min(text.Length, 100)]}' is not a time; write it as RFC 3339, for example 2026-11-24T10:00:00Z");
        return null;
    }

    /// <returns>null when it is absent or no object.</returns>
    public RequestObject? Object(string name, params ReadOnlySpan<string> known) =>
        Find(name) is { } json ? Open(json, _prefix + name, _errors, known) : null;

    public string? Text(string name) => Find(name) is { } json ? TextOf(json, _prefix + name, _errors) : null;

    public bool? Flag(string name)
    {
        if (Find(name) is not { } json) return null;
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False) return json.GetBoolean();
        _errors.Add(_prefix + name, $"must be true or false, not {Name(json)}");
        return null;
    }

    public long? WholeNumber(string name)
    {
        if (Find(name) is not { } json) return null;
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var value)) return value;
        _errors.Add(_prefix + name, $"must be a whole number, not {NameOrNumber(json)}");
        return null;
    }

    public double? Number(string name)
    {
        if (Find(name) is not { } json) return null;
        if (json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var value) && double.IsFinite(value)) return value;
        _errors.Add(_prefix + name, $"must be a number, not {NameOrNumber(json)}");
        return null;
    }

    public IReadOnlyList<T>? List<T>(string name, Func<JsonElement, string, SettingErrors, T?> read)
        where T : class
    {
        if (Find(name) is not { } json) return null;
        if (json.ValueKind != JsonValueKind.Array)
        {
            _errors.Add(_prefix + name, $"must be a list, not {Name(json)}");
            return null;
        }

        var list = new List<T>();
        foreach (var element in json.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{name}[{list.Count}]");
            if (read(element, path, _errors) is not { } value) return null;
            list.Add(value);
        }

        return list;
    }

    /// <summary>An object whose members have names of the user's own and strings as values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Texts(string name)
    {
        if (Find(name) is not { } json) return null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(_prefix + name, $"must be an object, not {Name(json)}");
            return null;
        }

        var texts = new List<KeyValuePair<string, string>>();
        foreach (var member in json.EnumerateObject())
        {
            if (TextOf(member.Value, $"{_prefix}{name}.{member.Name}", _errors) is { } text) texts.Add(new(member.Name, text));
        }

        return texts;
    }

    public static string? TextOf(JsonElement json, string path, SettingErrors errors)
    {
        if (json.ValueKind == JsonValueKind.String) return json.GetString();
        errors.Add(path, $"must be a string, not {Name(json)}");
        return null;
    }

    private static string Name(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static string NameOrNumber(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetRawText() : Name(json);

    private JsonElement? Find(string name) =>
        _members.TryGetValue(name, out var json) && json.ValueKind != JsonValueKind.Null ? json : null;
}
