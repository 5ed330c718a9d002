using HdrHistogram;
using Webhook.Load.Measuring;
using Webhook.Load.Receiving;

namespace Webhook.Load.Running;

/// <summary>All that was seen in a run.</summary>
/// <param name="Drained">When everything was delivered, or the drain's time was up.</param>
/// <param name="Final">The receiver a little later.</param>
/// <param name="Ack">By phase, like the other two.</param>
internal sealed record RunRecord(
    IReadOnlyList<PhaseRecord> Phases,
    Observation Drained,
    ReceiverStatus Final,
    Verdict Verdict,
    RunTimeline Timeline,
    IReadOnlyList<LongHistogram> Ack,
    IReadOnlyList<LongHistogram> Lateness,
    IReadOnlyList<LongHistogram> EndToEnd);
