using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Webhook.Server.Client.Output;

/// <summary>Standard output of a command: text for people, on a terminal with colours and as wide as it is, else plain and as wide as it needs; or JSON and nothing else.</summary>
internal sealed class ClientOutput
{
    // No line of a table that goes into a pipe is ever broken.
    private const int Endless = 100_000;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ClientOutput(TextWriter writer, bool isJson)
    {
        Writer = writer;
        IsJson = isJson;
        IsTerminal = ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
        Text = Create(writer, IsTerminal, null);
    }

    public TextWriter Writer { get; }

    public bool IsJson { get; }

    /// <summary>Somebody sees it as it is written.</summary>
    public bool IsTerminal { get; }

    /// <summary>For tables and live views.</summary>
    public IAnsiConsole Text { get; }

    /// <param name="width">Columns of the terminal; null: as it is.</param>
    public static IAnsiConsole Create(TextWriter writer, bool isTerminal, int? width)
    {
        var console = AnsiConsole.Create(isTerminal
            ? new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) }
            : new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            });
        if ((width ?? (isTerminal ? default(int?) : Endless)) is { } columns) console.Profile.Width = columns;
        return console;
    }

    public void Line(string text) => Writer.WriteLine(Shown.Clean(text));

    public void Write(TextTable table) => table.WriteTo(Text, Writer, IsTerminal);

    /// <summary>The API's answer as it is, or <paramref name="text"/> for people.</summary>
    public void Show(ApiAnswer answer, Action text)
    {
        if (!IsJson) text();
        else Json(answer.Body);
    }

    /// <summary>An answer that the API has no body for.</summary>
    public void Show(JsonNode json, string text)
    {
        if (IsJson) Writer.WriteLine(json.ToJsonString(Readable));
        else Line(text);
    }

    public void Json(ReadOnlySpan<byte> body) => Writer.WriteLine(System.Text.Encoding.UTF8.GetString(body).TrimEnd());
}
