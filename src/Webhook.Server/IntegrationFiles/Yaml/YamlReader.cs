using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Webhook.Server.IntegrationFiles.Yaml;

/// <summary>
/// From a text to its nodes, every one with its place. What configuration has no use for is refused by name: several documents, tags, keys that are no scalars, deep nesting.
/// Anchors and aliases are taken, for whole values.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 20;

    private static readonly string[] LineBreaks = ["\r\n", "\n", "\r"];

    private readonly string[] _lines;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
    private readonly Stack<FilePlace> _brackets = [];
    private FilePlace _last = new(1, 1);

    private YamlReader(string text)
    {
        _lines = text.Split(LineBreaks, StringSplitOptions.None);
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <returns>null, and an error, when it is no YAML or holds nothing.</returns>
    public static YamlNode? Read(string path, string text, FileErrors errors)
    {
        var reader = new YamlReader(text);
        try
        {
            return reader.ReadDocument();
        }
        catch (RefusedException e)
        {
            errors.Add(path, e.Place, null, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Not only the parser's own exception: it breaks on some texts, such as a bracket that is never closed.
            var (place, message) = YamlFault.Describe(e as YamlException, reader._lines, reader._last, reader._brackets.TryPeek(out var bracket) ? bracket : null);
            errors.Add(path, place, null, message);
        }

        return null;
    }

    private YamlNode ReadDocument()
    {
        Next<StreamStart>();
        if (Next<ParsingEvent>() is not DocumentStart) throw new RefusedException(null, "holds nothing");
        var root = ReadNode(Next<ParsingEvent>(), depth: 1);
        Next<DocumentEnd>();
        if (Next<ParsingEvent>() is DocumentStart second) throw new RefusedException(PlaceOf(second), "a second document begins here (---); a file holds one");
        return root;
    }

    private YamlNode ReadNode(ParsingEvent at, int depth)
    {
        var place = PlaceOf(at);
        if (at is AnchorAlias alias) return _anchors.GetValueOrDefault(alias.Value) ?? throw new RefusedException(place, "a value cannot begin with * unless an anchor (&) of this name stands above; put it in quotes");
        if (depth > MaxDepth) throw new RefusedException(place, $"is nested more than {MaxDepth} deep");
        var node = (NodeEvent)at;
        if (!node.Tag.IsEmpty) throw new RefusedException(place, "tags (!) are not taken: the key says what a value is. If it is a text, put it in quotes");
        YamlNode read = at switch
        {
            Scalar scalar => new YamlScalar(place, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart sequence => ReadList(place, sequence, depth),
            _ => ReadMapping(place, (MappingStart)at, depth),
        };
        if (!node.Anchor.IsEmpty) _anchors[node.Anchor] = read;
        return read;
    }

    private YamlList ReadList(FilePlace place, SequenceStart start, int depth)
    {
        var isFlow = start.Style == SequenceStyle.Flow;
        if (isFlow) _brackets.Push(place);
        var items = new List<YamlNode>();
        while (Next<ParsingEvent>() is var item and not SequenceEnd) items.Add(ReadNode(item, depth + 1));
        if (isFlow) _brackets.Pop();
        return new YamlList(place, items);
    }

    private YamlMapping ReadMapping(FilePlace place, MappingStart start, int depth)
    {
        var isFlow = start.Style == MappingStyle.Flow;
        if (isFlow) _brackets.Push(place);
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        while (Next<ParsingEvent>() is var key and not MappingEnd)
        {
            if (ReadNode(key, depth + 1) is not YamlScalar name || key is AnchorAlias) throw new RefusedException(PlaceOf(key), "a key must be a word");
            // The parser lets this pass where the indentation is the same all the way down; others do not.
            if (!isFlow && YamlFault.TabBefore(_lines, name.Place) is { } tab) throw new RefusedException(tab, YamlFault.Tab);
            entries.Add(new(name, ReadNode(Next<ParsingEvent>(), depth + 1)));
        }

        if (isFlow) _brackets.Pop();
        return new YamlMapping(place, entries);
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        if (!_parser.MoveNext()) throw new InvalidOperationException("The parser ended before its document did.");
        var next = (T)_parser.Current!;
        _last = PlaceOf(next);
        return next;
    }

    private static FilePlace PlaceOf(ParsingEvent at) => new((int)at.Start.Line, (int)at.Start.Column);

    private sealed class RefusedException(FilePlace? place, string message) : Exception(message)
    {
        public FilePlace? Place => place;
    }
}
