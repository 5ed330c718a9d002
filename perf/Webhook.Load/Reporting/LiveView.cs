using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Webhook.Load.Measuring;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Reporting;

/// <summary>A run on a terminal: one panel that stays in its place, with the last minute as curves.</summary>
internal sealed class LiveView(LiveDisplayContext display) : IRunView
{
    private const int CurveLength = 60;
    private const int BarLength = 40;
    private static readonly char[] Heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

    private readonly List<Sample> _samples = [];
    private readonly List<string> _said = [];
    private Scenario? _scenario;

    public void Say(string line)
    {
        _said.Add(line);
        Refresh(new Rows(_said.Select(text => new Text(text))));
    }

    public void Begin(Scenario scenario)
    {
        _scenario = scenario;
        _said.Clear();
    }

    public void Show(PhaseSetting? phase, double progress, Sample sample)
    {
        _samples.Add(sample);
        if (_samples.Count > CurveLength) _samples.RemoveAt(0);
        var filled = (int)(progress * BarLength);
        var bar = new Markup($"[bold]{Markup.Escape(phase?.Name ?? "drain")}[/]  [blue]{new string('━', filled)}[/][grey]{new string('━', BarLength - filled)}[/]  {sample.At.ToString("F0", CultureInfo.InvariantCulture)} s");
        var table = new Table { Border = TableBorder.None, ShowHeaders = false }.AddColumns("", "", "");
        table.AddRow(Row("in", Rate(sample.AcknowledgedRate), Curve(s => s.AcknowledgedRate), "blue"));
        table.AddRow(Row("out", Rate(sample.DeliveredRate), Curve(s => s.DeliveredRate), "green"));
        table.AddRow(Row("backlog", sample.Backlog.ToString("N0", CultureInfo.InvariantCulture), Curve(s => s.Backlog), "yellow"));
        table.AddRow(Row("ack p99", Figures.Milliseconds(sample.AckP99), Curve(s => s.AckP99), "blue"));
        table.AddRow(Row("e2e p99", Figures.Milliseconds(sample.EndToEndP99), Curve(s => s.EndToEndP99), "green"));
        if (sample.ProcessCpu is not null) table.AddRow(Row("CPU", $"{Figures.Cores(sample.ProcessCpu)} cores", Curve(s => s.ProcessCpu), "fuchsia"));
        if (sample.RssBytes is not null) table.AddRow(Row("RSS", Figures.Bytes(sample.RssBytes), Curve(s => s.RssBytes), "fuchsia"));
        Refresh(new Panel(new Rows([.. _said.Select(text => new Text(text)), bar, table])) { Header = new PanelHeader($" {Markup.Escape(_scenario?.Name ?? "")} "), Border = BoxBorder.Rounded });
    }

    private void Refresh(IRenderable content)
    {
        display.UpdateTarget(content);
        display.Refresh();
    }

    private string Curve(Func<Sample, double?> value)
    {
        var highest = Math.Max(1e-9, _samples.Max(value) ?? 0);
        return string.Concat(_samples.Select(s => value(s) is { } v ? Heights[(int)Math.Clamp(v / highest * (Heights.Length - 1), 0, Heights.Length - 1)] : ' '));
    }

    private static IRenderable[] Row(string name, string value, string curve, string colour) => [new Text(name), new Markup($"[bold]{Markup.Escape(value)}[/]"), new Markup($"[{colour}]{curve}[/]")];

    private static string Rate(double value) => value.ToString("N0", CultureInfo.InvariantCulture) + "/s";
}
