using System.Globalization;
using System.Runtime.InteropServices;

namespace Webhook.Load.Measuring;

/// <summary>Where a figure was measured; without it a figure says nothing.</summary>
internal sealed record Machine(int Cores, string Cpu, long MemoryBytes, string Kernel, string OperatingSystem, string DotNet)
{
    public static Machine Read() => new(
        Environment.ProcessorCount,
        FirstLine("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Environment.OSVersion.Version.ToString() is var version && File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : version,
        FirstLine("/etc/os-release", "PRETTY_NAME")?.Trim('"') ?? RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cores} cores, {Cpu}, {MemoryBytes / 1e9:F1} GB, {OperatingSystem}, kernel {Kernel}, {DotNet}");

    private static string? FirstLine(string file, string key)
    {
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?[(line.IndexOfAny([':', '=']) + 1)..].Trim();
    }
}
