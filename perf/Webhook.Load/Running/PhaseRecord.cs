using Webhook.Load.Generating;
using Webhook.Load.Measuring;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>A phase as it went.</summary>
internal sealed record PhaseRecord(PhaseSetting Setting, SendCounts Counts, Observation From, Observation To)
{
    public double Seconds => (To.At - From.At) / 1e6;

    /// <summary>Its speed and latency count.</summary>
    public bool IsSendingMeasured => Setting.IsMeasured && !Setting.Load.IsSilent;
}
