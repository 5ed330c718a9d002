using System.Globalization;
using System.Text.RegularExpressions;
using Webhook.Server.IntegrationFiles.Yaml;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// One mapping of a file: hands out its values by key and type, and puts wrong types, repeated and unknown keys on the list of errors. null stands for "not given".
/// </summary>
/// <remarks>
/// A text is taken as it is written, with quotes or without: <c>secret: 12345</c> is the text 12345, as in the original. A number or a boolean stands without quotes, and only one way to
/// write it counts: YAML's versions differ in the others (<c>yes</c>, <c>010</c>, <c>1_000</c>). Where a value has <c>${NAME}</c> it may be in quotes, which brackets ask for.
/// </remarks>
internal sealed partial class FileMapping
{
    /// <summary>Of a list. What is checked item by item must not cost more, and no list of a file needs more.</summary>
    public const int MaxItems = 1000;

    private const int MaxShown = 100;

    private readonly string _prefix;
    private readonly FileScope _scope;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    private FileMapping(YamlMapping mapping, string path, KnownKeys? known, FileScope scope)
    {
        _prefix = path.Length == 0 ? "" : path + ".";
        _scope = scope;
        var keys = new Dictionary<string, FilePlace>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            if (keys.TryGetValue(key.Text, out var first))
            {
                scope.RefuseKey(key.Place, path, Shown(key.Text), $"is given twice; the first is in {first}");
                continue;
            }

            keys.Add(key.Text, key.Place);
            if (known?.Has(key.Text) == false)
            {
                scope.RefuseKey(key.Place, path, Shown(key.Text), known.Refuse(key.Text));
                continue;
            }

            _values.Add(key.Text, value);
            scope.Place(_prefix + key.Text, value is YamlScalar { IsNull: true } ? key.Place : value.Place);
        }
    }

    /// <summary>As they are, for mappings whose keys are the user's own.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <param name="known">null: the keys are the user's own.</param>
    /// <returns>null, and an error, when it is no mapping.</returns>
    public static FileMapping? Open(YamlNode node, string path, KnownKeys? known, FileScope scope)
    {
        if (node is YamlMapping mapping) return new FileMapping(mapping, path, known, scope);
        scope.Errors.Add(path, $"must be a mapping (key: value), not {Describe(node)}");
        return null;
    }

    /// <summary>false also where the key is there and its value is null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <param name="path">The engine's, where it is another one.</param>
    public FileMapping? Mapping(string key, KnownKeys? known, string? path = null)
    {
        // Also where there is none, for whoever misses it.
        if (path is not null) _scope.Place(path, _scope.PlaceOf(_prefix + key));
        return Find(key) is not { } node ? null : Open(node, path ?? _prefix + key, known, _scope);
    }

    public string? Text(string key) => Find(key) is { } node ? TextOf(node, _prefix + key, _scope) : null;

    /// <summary>A text that may stand in a file of its own.</summary>
    public string? SecretText(string key)
    {
        if (Find(key) is not YamlScalar scalar || !References.IsFile(scalar.Text)) return Text(key);
        var path = _prefix + key;
        var text = _scope.References.ReadFile(scalar.Text, out var problem, out var warning);
        if (problem is not null) _scope.Errors.Add(path, problem);
        if (warning is not null) _scope.Warn(path, warning);
        return text;
    }

    /// <summary>A text that must be written out.</summary>
    public string? Word(string key)
    {
        if (Find(key) is not YamlScalar scalar || !References.IsIn(scalar.Text)) return Text(key);
        _scope.Errors.Add(_prefix + key, $"'{Shown(scalar.Text)}' must be written out; only values can come from the environment");
        return null;
    }

    public bool? Flag(string key) => Parse(key, "true or false", static text => text switch { "true" => true, "false" => false, _ => (bool?)null });

    public long? WholeNumber(string key) => Parse(key, "a whole number", static text =>
        Integer().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null);

    public double? Number(string key) => Parse(key, "a number", static text =>
        Decimal().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : (double?)null);

    /// <param name="standIn">For an item that cannot be read, so that the others keep their index and are checked as well.</param>
    /// <returns>null when it is absent, too long or no list.</returns>
    public IReadOnlyList<T>? List<T>(string key, Func<YamlNode, string, FileScope, T?> read, T standIn)
        where T : class
    {
        if (Find(key) is not { } node) return null;
        if (node is not YamlList list)
        {
            _scope.Errors.Add(_prefix + key, $"must be a list, not {Describe(node)}");
            return null;
        }

        if (list.Items.Count > MaxItems)
        {
            _scope.Errors.Add(_prefix + key, $"has {list.Items.Count} entries; at most {MaxItems}");
            return null;
        }

        var items = new List<T>();
        foreach (var item in list.Items)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{key}[{items.Count}]");
            _scope.Place(path, item.Place);
            items.Add(read(item, path, _scope) ?? standIn);
        }

        return items;
    }

    public static string? TextOf(YamlNode node, string path, FileScope scope)
    {
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            scope.Errors.Add(path, $"must be a text, not {Describe(node)}");
            return null;
        }

        return References.IsIn(scalar.Text) ? Fill(scalar, path, scope) : scalar.Text;
    }

    private static string? Fill(YamlScalar scalar, string path, FileScope scope)
    {
        var text = scope.References.Fill(scalar.Text, out var problem);
        if (problem is not null) scope.Errors.Add(path, problem);
        scope.Filled(path, Shown(scalar.Text));
        return text;
    }

    private T? Parse<T>(string key, string expected, Func<string, T?> parse)
        where T : struct
    {
        if (Find(key) is not { } node) return null;
        var path = _prefix + key;
        if (node is not YamlScalar scalar)
        {
            _scope.Errors.Add(path, $"must be {expected}, not {Describe(node)}");
            return null;
        }

        var isReference = References.IsIn(scalar.Text);
        if ((isReference ? Fill(scalar, path, _scope) : scalar.Text) is not { } text) return null;
        if ((isReference || scalar.IsPlain) && parse(text) is { } value) return value;
        _scope.Errors.Add(path, scalar.IsPlain || isReference
            ? $"must be {expected}, not '{Shown(scalar.Text)}'"
            : $"must be {expected}, not a text; remove the quotes");
        return null;
    }

    private YamlNode? Find(string key) => _values.TryGetValue(key, out var node) && node is not YamlScalar { IsNull: true } ? node : null;

    private static string Describe(YamlNode node) => node is YamlScalar { IsNull: false } ? "a single value" : node.Kind;

    private static string Shown(string text) => text.Length > MaxShown ? text[..MaxShown] + "…" : text;

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Decimal();
}
