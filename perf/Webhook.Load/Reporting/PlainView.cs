using System.Globalization;
using Webhook.Load.Measuring;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Reporting;

/// <summary>A line a second, for logs and pipes.</summary>
internal sealed class PlainView(TextWriter output) : IRunView
{
    private double _lastShown = double.NegativeInfinity;

    public void Say(string line) => output.WriteLine(line);

    public void Begin(Scenario scenario)
    {
        if (scenario.Description.Length > 0) output.WriteLine($"{scenario.Name}: {scenario.Description.Trim()}");
        output.WriteLine("   time  phase              in/s        out/s      backlog   ack p99   e2e p99    CPU      RSS");
    }

    public void Show(PhaseSetting? phase, double progress, Sample sample)
    {
        // While it drains there are more samples than lines.
        if (sample.At - _lastShown < 0.9) return;
        _lastShown = sample.At;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{sample.At,6:F1} s  {phase?.Name ?? "drain",-12} {sample.AcknowledgedRate,10:N0} {sample.DeliveredRate,12:N0} {sample.Backlog,12:N0} {Figures.Milliseconds(sample.AckP99),9} {Figures.Milliseconds(sample.EndToEndP99),9} {Figures.Cores(sample.ProcessCpu),6} {Figures.Bytes(sample.RssBytes),8}"));
    }
}
