using HdrHistogram;

namespace Webhook.Load.Latencies;

/// <summary>Microseconds, up to an hour, to three digits.</summary>
internal static class LatencyHistogram
{
    public const long LongestMicros = 3_600_000_000;

    public static LongHistogram Create() => new(LongestMicros, 3);
}
