using System.Diagnostics;
using System.Globalization;

namespace Webhook.Load.Measuring;

/// <summary>What a process has used so far. Null: not to be had on this system, or not with these rights.</summary>
internal sealed record ProcessUse(TimeSpan Cpu, long RssBytes, long? WrittenBytes);

/// <summary>The program under test, whatever it is written in.</summary>
internal sealed class ProcessProbe : IDisposable
{
    private readonly Process _process;

    /// <exception cref="ArgumentException">There is no such process.</exception>
    public ProcessProbe(int id) => _process = Process.GetProcessById(id);

    public string Name => _process.ProcessName;

    /// <summary>Null once it has ended.</summary>
    public ProcessUse? Read()
    {
        try
        {
            _process.Refresh();
            return _process.HasExited ? null : new ProcessUse(_process.TotalProcessorTime, _process.WorkingSet64, WrittenBytes());
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _process.Dispose();

    // What went to block devices, not what was handed to write().
    private long? WrittenBytes()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/io").FirstOrDefault(line => line.StartsWith("write_bytes:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line[12..], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
