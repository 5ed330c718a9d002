using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhook.Load.Reporting;

/// <summary>Writes a run's results: <c>results.json</c>, and <c>report.html</c> that shows them.</summary>
internal static class ResultFolder
{
    public const string Results = "results.json";
    public const string Report = "report.html";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(string folder, RunResult result)
    {
        Directory.CreateDirectory(folder);
        var json = JsonSerializer.Serialize(result, Json);
        File.WriteAllText(Path.Combine(folder, Results), json);
        File.WriteAllText(Path.Combine(folder, Report), ReportPage.Render(result.Name, json));
    }
}
