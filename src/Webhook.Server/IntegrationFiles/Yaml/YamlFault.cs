using YamlDotNet.Core;

namespace Webhook.Server.IntegrationFiles.Yaml;

/// <summary>Why a text is no YAML, in words for who wrote it. Never the parser's own: they are about its inside, and nobody says that they will not quote a secret one day.</summary>
internal static class YamlFault
{
    public const string Tab = "a tab in the indentation; YAML allows only spaces there";

    /// <param name="e">null: the parser broke.</param>
    /// <param name="last">Where the last thing that it could read begins.</param>
    /// <param name="bracket">Where the innermost [ or { begins that is still open; null: none is.</param>
    public static (FilePlace Place, string Message) Describe(YamlException? e, string[] lines, FilePlace last, FilePlace? bracket)
    {
        var (start, end) = e is null ? (last, last) : (PlaceOf(e.Start), PlaceOf(e.End));
        var reason = e?.Message ?? "";
        var isAboutTabs = reason.Contains("tab", StringComparison.Ordinal);
        if (FirstTab(lines, last.Line, isAboutTabs ? int.MaxValue : end.Line) is { } tab) return (tab, Tab);
        if (reason.Contains("quoted scalar", StringComparison.Ordinal))
        {
            return reason.Contains("end of stream", StringComparison.Ordinal) || reason.Contains("document indicator", StringComparison.Ordinal)
                ? (start, "the quote that opens here is never closed")
                : (end, "a \\ in double quotes begins an escape, and this is none; write \\\\ for the character itself, or use single quotes");
        }

        if (reason.Contains("cannot start any token", StringComparison.Ordinal))
            return (start, $"a value cannot begin with {CharacterAt(lines, start)}; put it in quotes");
        if (bracket is { } open) return (open, $"the {CharacterAt(lines, open)} that opens here is not closed where it should be; in brackets, put values with {{ }} [ ] or , in quotes, also ${{NAME}}");
        if (reason.Contains("invalid mapping", StringComparison.Ordinal))
            return (start, "a ': ' where none can be: put a value that holds one in quotes, or give this key the indentation of those above");
        if (reason.Contains("block scalar", StringComparison.Ordinal)) return (start, "after | or > only a line break can come; put a value that begins so in quotes");
        return (start, "is no YAML here or just before: a key without ': ', another indentation than above, or something behind a value in quotes");
    }

    /// <summary>A tab between the start of the line and <paramref name="place"/>, with nothing but white space before it.</summary>
    public static FilePlace? TabBefore(string[] lines, FilePlace place) =>
        TabIn(LineOf(lines, place)) is var tab and >= 0 && tab + 1 < place.Column ? new FilePlace(place.Line, tab + 1) : null;

    private static FilePlace? FirstTab(string[] lines, int first, int last)
    {
        for (var line = first; line <= Math.Min(last, lines.Length); line++)
            if (TabIn(lines[line - 1]) is var tab and >= 0) return new FilePlace(line, tab + 1);
        return null;
    }

    private static int TabIn(string line)
    {
        var content = line.AsSpan().IndexOfAnyExcept(' ', '\t');
        return content < 0 ? -1 : line.AsSpan(0, content).IndexOf('\t');
    }

    private static char CharacterAt(string[] lines, FilePlace place) =>
        LineOf(lines, place) is var line && place.Column <= line.Length ? line[place.Column - 1] : ' ';

    // The parser counts on behind the last line.
    private static string LineOf(string[] lines, FilePlace place) => place.Line <= lines.Length ? lines[place.Line - 1] : "";

    private static FilePlace PlaceOf(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
