using System.Globalization;
using System.Text.Json;
using Webhook.Actors.Integrations;

namespace Webhook.Server.Checking;

/// <summary>A report for who reads it: a table on a terminal, a line for each thing in a pipe, JSON for programs.</summary>
internal static class CheckOutput
{
    private static readonly string[] Stages = ["resolve", "address", "connect", "tls", "request", "status"];

    public static void Write(CheckReport report, bool isJson, bool isTerminal, TextWriter output)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(CheckResource.Of(report), CheckJson.Readable.CheckResource));
            return;
        }

        foreach (var error in report.SettingsErrors) output.WriteLine($"settings: {error}");
        foreach (var problem in report.Problems) output.WriteLine(problem);
        if (isTerminal)
        {
            if (report.SettingsErrors.Count + report.Problems.Count > 0) output.WriteLine();
            Table([["settings", Count(report.SettingsErrors.Count, "error") ?? "ok"], .. report.Files.Select(file => (string[])[file.Path, Summary(report, file)])], output);
            if (report.Live is { Count: > 0 })
            {
                output.WriteLine();
                Table([["integration", "receiver", .. Stages, "result"], .. report.Live.Select(Row)], output);
            }
        }
        else
        {
            output.WriteLine($"settings: {Count(report.SettingsErrors.Count, "error") ?? "ok"}");
            foreach (var file in report.Files) output.WriteLine($"{file.Path}: {Summary(report, file)}");
            foreach (var result in report.Live ?? []) output.WriteLine($"{result.File}: {Name(result)}: {result.Receiver}: {Result(result)}{Times(result)}");
        }

        if (report.IsLiveSkipped) output.WriteLine("receivers: not tested; mend the errors first");
    }

    private static string Summary(CheckReport report, CheckedFile file)
    {
        var parts = new[] { Count(report.Errors(file), "error"), Count(report.Warnings(file), "warning"), file.Integrations is { } integrations ? Count(integrations, "integration") ?? "no integration" : null };
        var text = string.Join(", ", parts.OfType<string>());
        return report.Errors(file) > 0 ? text : text.Length == 0 ? "ok" : "ok, " + text;
    }

    private static string? Count(int number, string what) => number == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    private static string Name(LiveResult result) => result.Integration.Key + (result.Integration.Name is { } name ? $" '{name}'" : "");

    private static string Result(LiveResult result) => result.Report switch
    {
        null => "not tested: it writes to standard output",
        { Succeeded: true, StatusCode: { } status } => string.Create(CultureInfo.InvariantCulture, $"ok, answered {status}"),
        var report => $"failed at {report.Stages[^1].Name}: {report.Stages[^1].Detail ?? report.Error}",
    };

    private static string Times(LiveResult result) =>
        string.Concat((result.Report?.Stages ?? []).Select(static stage => string.Create(CultureInfo.InvariantCulture, $"; {stage.Name} {stage.Milliseconds} ms")));

    private static string[] Row(LiveResult result) => [Name(result), result.Receiver, .. Stages.Select(stage => Time(result.Report, stage)), Result(result)];

    private static string Time(LaneProtocol.TestReport? report, string name) =>
        report?.Stages.LastOrDefault(stage => stage.Name == name) is { } stage ? string.Create(CultureInfo.InvariantCulture, $"{stage.Milliseconds:0.0} ms") : "";

    private static void Table(IReadOnlyList<string[]> rows, TextWriter output)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows) output.WriteLine(("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])))).TrimEnd());
    }
}
