using System.Diagnostics;

namespace Webhook.Load;

/// <summary>The one clock of a run: microseconds since the machine's start, the same in every process of it.</summary>
internal static class Clock
{
    public static long Micros => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public static long ToMicros(this TimeSpan time) => (long)time.TotalMicroseconds;
}
