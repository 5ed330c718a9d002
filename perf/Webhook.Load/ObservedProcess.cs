using System.Diagnostics;
using System.Globalization;

namespace Webhook.Load;

/// <summary>CPU time and memory of the program under test between two points.</summary>
internal sealed class ObservedProcess : IDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _cpuAtStart;

    public ObservedProcess(int id)
    {
        _process = Process.GetProcessById(id);
        _cpuAtStart = _process.TotalProcessorTime;
    }

    public string Describe(long events)
    {
        _process.Refresh();
        var cpu = _process.TotalProcessorTime - _cpuAtStart;
        return string.Create(CultureInfo.InvariantCulture,
            $"process    {cpu.TotalSeconds:F1} s CPU, {cpu.TotalSeconds / events * 1e6:F2} s a million events, peak RSS {_process.PeakWorkingSet64 / 1e6:F0} MB");
    }

    public void Dispose() => _process.Dispose();
}
