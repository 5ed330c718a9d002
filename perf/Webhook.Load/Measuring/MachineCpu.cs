using System.Globalization;

namespace Webhook.Load.Measuring;

/// <summary>Busy time of all cores, by <c>/proc/stat</c>; null where there is none.</summary>
internal static class MachineCpu
{
    private const double TicksPerSecond = 100;

    public static TimeSpan? Busy()
    {
        if (!File.Exists("/proc/stat")) return null;

        // cpu  user nice system idle iowait irq softirq steal …
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromSeconds((ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / TicksPerSecond);
    }
}
