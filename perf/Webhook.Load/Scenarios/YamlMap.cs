using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Webhook.Load.Scenarios;

/// <summary>Reads one map of a scenario file key by key; what is wrong is noted with file, line, key and what was expected, and reading goes on.</summary>
internal sealed class YamlMap
{
    private readonly string _file;
    private readonly string _path;
    private readonly YamlMappingNode _node;
    private readonly List<string> _errors;
    private readonly HashSet<string> _known = [];

    public YamlMap(string file, string path, YamlMappingNode node, List<string> errors) => (_file, _path, _node, _errors) = (file, path, node, errors);

    public bool Has(string key) => Find(key) is not null;

    public string? Text(string key) => Find(key) is { } node ? node is YamlScalarNode { Value: { } text } ? text : Wrong<string>(node, key, "text") : null;

    public double Number(string key, double fallback, double min, double max, string what) => Scalar(key, what) switch
    {
        null => fallback,
        var (node, text) when Quantity.TryNumber(text, out var number) && number >= min && number <= max => number,
        var (node, _) => Wrong<double>(node, key, what),
    };

    public int Count(string key, int fallback, int min, int max, string what) => Scalar(key, what) switch
    {
        null => fallback,
        var (node, text) when Quantity.TryNumber(text, out var number) && number >= min && number <= max && double.IsInteger(number) => (int)number,
        var (node, _) => Wrong<int>(node, key, Invariant($"{what}, a whole number from {min} to {max}")),
    };

    public TimeSpan? Duration(string key) => Scalar(key, "a duration like 250ms, 10s, 2m") switch
    {
        null => null,
        var (_, text) when Quantity.TryMilliseconds(text, out var milliseconds) && milliseconds >= 0 => TimeSpan.FromMilliseconds(milliseconds),
        var (node, _) => Wrong<TimeSpan?>(node, key, "a duration like 250ms, 10s, 2m"),
    };

    public bool Flag(string key, bool fallback = false) => Scalar(key, "true or false") switch
    {
        null => fallback,
        var (_, text) when bool.TryParse(text, out var value) => value,
        var (node, _) => Wrong<bool>(node, key, "true or false"),
    };

    public T Choice<T>(string key, T fallback) where T : struct, Enum
    {
        var what = string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
        return Scalar(key, what) switch
        {
            null => fallback,
            var (_, text) when !int.TryParse(text, out _) && Enum.TryParse<T>(text, ignoreCase: true, out var value) => value,
            var (node, _) => Wrong<T>(node, key, $"one of {what}"),
        };
    }

    public YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode map => new YamlMap(_file, PathOf(key), map, _errors),
        { } node => Wrong<YamlMap>(node, key, "keys with values"),
    };

    /// <summary>A value that may be a number or a map: the map, if it is one.</summary>
    public YamlMap? MapIfOne(string key) => Find(key) is YamlMappingNode map ? new YamlMap(_file, PathOf(key), map, _errors) : null;

    public IReadOnlyList<YamlMap> Maps(string key) => Items(key, "a list of maps", (item, path) => item is YamlMappingNode map ? new YamlMap(_file, path, map, _errors) : null);

    public IReadOnlyList<string> Texts(string key) => Items(key, "a list of texts", (item, _) => (item as YamlScalarNode)?.Value);

    /// <summary>All keys with their values, whatever they are called.</summary>
    public IReadOnlyDictionary<string, string> AllTexts()
    {
        var all = new Dictionary<string, string>();
        foreach (var key in _node.Children.Keys.OfType<YamlScalarNode>().Select(node => node.Value!)) all[key] = Text(key) ?? "";
        return all;
    }

    /// <summary>Notes every key that was not asked for.</summary>
    public void End()
    {
        foreach (var (node, _) in _node.Children)
        {
            var key = (node as YamlScalarNode)?.Value ?? "";
            if (!_known.Contains(key)) Add(node, key, $"is not a key here; the keys are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>Notes what is wrong with a key, or that it is not there.</summary>
    public void Error(string key, string what) => Add(_node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : _node, key, what);

    /// <summary>The same for one item of a list.</summary>
    public void Error(string key, int index, string what) => Add(_node[key][index], Invariant($"{key}[{index}]"), what);

    private List<T> Items<T>(string key, string what, Func<YamlNode, string, T?> read) where T : class
    {
        var items = new List<T>();
        if (Find(key) is not { } node) return items;
        if (node is not YamlSequenceNode list)
        {
            Wrong<object>(node, key, what);
            return items;
        }

        for (var i = 0; i < list.Children.Count; i++)
        {
            if (read(list.Children[i], Invariant($"{PathOf(key)}[{i}]")) is { } item) items.Add(item);
            else Wrong<object>(list.Children[i], Invariant($"{key}[{i}]"), what);
        }

        return items;
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
    }

    private (YamlNode Node, string Text)? Scalar(string key, string what) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } text } node => (node, text),
        { } node => Wrong<(YamlNode, string)?>(node, key, what),
    };

    private T? Wrong<T>(YamlNode node, string key, string expected)
    {
        Add(node, key, $"expected {expected}; it is {Describe(node)}");
        return default;
    }

    private static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } text } => $"'{text}'",
        YamlMappingNode => "a map",
        YamlSequenceNode => "a list",
        _ => "empty",
    };

    private void Add(YamlNode node, string key, string what) => _errors.Add(Invariant($"{_file}:{node.Start.Line}:{node.Start.Column}: {PathOf(key)}: {what}"));

    private string PathOf(string key) => _path.Length == 0 ? key : key.Length == 0 ? _path : $"{_path}.{key}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
