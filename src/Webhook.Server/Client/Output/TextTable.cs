using Spectre.Console;

namespace Webhook.Server.Client.Output;

/// <summary>A table without lines, as a terminal's tools print them: it can be read, and cut into columns. On a narrow terminal what can be done without is left out, and long cells are broken into lines.</summary>
internal sealed class TextTable
{
    private const int Gap = 2;

    // Below this a long cell would be one word a line.
    private const int LongAtLeast = 12;

    private readonly List<ColumnOf> _columns = [];
    private readonly List<string[]> _rows = [];

    /// <param name="isNumber">Stands at the right.</param>
    /// <param name="isLong">Gives way where the terminal is narrow: it is broken into lines.</param>
    /// <param name="isExtra">Is left out where there is no room for it.</param>
    public TextTable Column(string title, bool isNumber = false, bool isLong = false, bool isExtra = false)
    {
        _columns.Add(new ColumnOf(_columns.Count, title, isNumber, isLong, isExtra));
        return this;
    }

    public TextTable Row(params ReadOnlySpan<string?> cells)
    {
        var row = new string[_columns.Count];
        for (var i = 0; i < row.Length; i++) row[i] = Shown.Clean(cells[i] ?? "");
        _rows.Add(row);
        return this;
    }

    /// <param name="width">Columns of the terminal.</param>
    public Table Render(int width)
    {
        var shown = Fitting(width);
        var fits = WidthOf(shown) <= width;
        var table = new Table { Border = TableBorder.None, ShowHeaders = _columns.Exists(static c => c.Title.Length > 0) };
        foreach (var column in shown)
        {
            table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)))
            {
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                NoWrap = fits && !column.IsLong,
                Padding = new Padding(0, 0, column == shown[^1] ? 0 : Gap, 0),
            });
        }

        foreach (var row in _rows) table.AddRow(shown.Select(column => new Text(row[column.Index], StyleOf(row[column.Index]))));
        return table;
    }

    public void WriteTo(IAnsiConsole console, TextWriter writer, bool isTerminal)
    {
        var table = Render(console.Profile.Width);
        if (isTerminal)
        {
            console.Write(table);
            return;
        }

        // The last column is filled up with spaces; nobody wants those in a file.
        using var text = new StringWriter();
        ClientOutput.Create(text, isTerminal: false, console.Profile.Width).Write(table);
        foreach (var line in text.ToString().TrimEnd('\n', '\r').Split('\n')) writer.WriteLine(line.TrimEnd());
    }

    // The last one goes first.
    private List<ColumnOf> Fitting(int width)
    {
        var shown = _columns.ToList();
        for (var i = shown.Count - 1; i >= 0 && WidthOf(shown) > width; i--)
        {
            if (shown[i].IsExtra) shown.RemoveAt(i);
        }

        return shown;
    }

    private int WidthOf(List<ColumnOf> columns) => columns.Sum(WidthOf) + (Gap * (columns.Count - 1));

    private int WidthOf(ColumnOf column)
    {
        var widest = _rows.Select(row => row[column.Index].Length).Append(column.Title.Length).Max();
        return column.IsLong ? Math.Min(widest, LongAtLeast) : widest;
    }

    // The states and outcomes that catch the eye; without colours the words say it.
    private static Style StyleOf(string cell) => cell switch
    {
        "Connected" or "delivered" or "succeeded" => new Style(Color.Green),
        "Warning" => new Style(Color.Yellow),
        "Error" or "failed" => new Style(Color.Red),
        "Not Connected" => new Style(Color.Grey),
        _ => Style.Plain,
    };

    private sealed record ColumnOf(int Index, string Title, bool IsNumber, bool IsLong, bool IsExtra);
}
