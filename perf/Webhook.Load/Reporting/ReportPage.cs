using System.Net;
using System.Reflection;

namespace Webhook.Load.Reporting;

/// <summary>One page that needs nothing else: the results as they stand in the JSON, and all that draws them.</summary>
internal static class ReportPage
{
    public static string Render(string name, string json) => Resource("report.html")
        .Replace("{{title}}", WebUtility.HtmlEncode(name), StringComparison.Ordinal)
        .Replace("{{uplot.css}}", Resource("uPlot.min.css"), StringComparison.Ordinal)
        .Replace("{{report.css}}", Resource("report.css"), StringComparison.Ordinal)
        .Replace("{{uplot.js}}", Resource("uPlot.iife.min.js"), StringComparison.Ordinal)
        .Replace("{{report.js}}", Resource("report.js"), StringComparison.Ordinal)

        // Last, so that nothing in a scenario's text is taken for a place to fill; and its '</script>' does not end the data.
        .Replace("{{results}}", json.Replace("</", "<\\/", StringComparison.Ordinal), StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is not built in.");
        return new StreamReader(stream).ReadToEnd();
    }
}
