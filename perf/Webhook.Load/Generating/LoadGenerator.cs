using System.Globalization;
using Webhook.Load.Events;
using Webhook.Load.Latencies;

namespace Webhook.Load.Generating;

/// <summary>
/// Sends the load of one phase after the other. Open loop: each request has its time, whether the answers before it came or not, and its latency counts from that time, also when it had to
/// wait for a connection. Closed loop: each connection sends its next request when the answer to the last one is there.
/// </summary>
internal sealed class LoadGenerator(IngestTarget target, EventShape shape, string run) : IDisposable
{
    // A closed loop against a target that refuses at once would only measure how fast it can refuse.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    // What was due just before the end of a phase may still be sent.
    private const long GraceMicros = 10_000;

    private readonly List<Sender> _senders = [];
    private readonly Pacer _pacer = new();
    private readonly Lock _acknowledgedGate = new();
    private readonly EventBitmap _acknowledged = new();
    private long _nextNumber;

    /// <summary>From when an event is due to its acknowledgement.</summary>
    public PhasedLatencies Latencies { get; } = new();

    /// <summary>From when a request is due to its sending: large when the connections are too few, or this program too slow.</summary>
    public PhasedLatencies Lateness { get; } = new();

    /// <summary>One bit for each event that was acknowledged. Complete when no phase runs.</summary>
    public EventBitmap Acknowledged => _acknowledged;

    public async Task RunAsync(PhaseLoad load, SendCounts counts, CancellationToken cancellation)
    {
        var start = Clock.Micros;
        Latencies.Begin(start);
        Lateness.Begin(start);
        var phase = new Phase(load, load.Schedule(shape.PerRequest), start, start + load.Duration.ToMicros(), counts);
        if (load.IsSilent)
        {
            await _pacer.UntilAsync(phase.End).WaitAsync(cancellation);
            return;
        }

        while (_senders.Count < load.Connections) _senders.Add(new Sender(target, shape, run, _senders.Count));
        var sending = Task.WhenAll(_senders.Take(load.Connections).Select(sender => Task.Run(() => SendAsync(sender, phase, cancellation), cancellation)));
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1), cancellation));
            foreach (var sender in _senders) sender.Connection.BreakOffIfStuck();
        }

        await sending;
    }

    public void Dispose()
    {
        _pacer.Dispose();
        foreach (var sender in _senders) sender.Connection.Dispose();
    }

    private async Task SendAsync(Sender sender, Phase phase, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && phase.TakeDue(shape.PerRequest) is { } due)
        {
            if (due > Clock.Micros) await _pacer.UntilAsync(due).WaitAsync(cancellation);
            if (Clock.Micros is var now && now >= phase.End + GraceMicros && phase.Schedule is not null)
            {
                // It waited at least until here: left out, the worst latencies would be missing.
                phase.Counts.AddUnsent(shape.PerRequest);
                Latencies.Record(due, now, 1);
                continue;
            }

            Lateness.Record(due, now, 1);
            if (!await TrySendAsync(sender, due, phase.Counts, cancellation) && phase.Schedule is null) await Task.Delay(PauseAfterFailure, cancellation);
        }
    }

    private async ValueTask<bool> TrySendAsync(Sender sender, long due, SendCounts counts, CancellationToken cancellation)
    {
        var first = Interlocked.Add(ref _nextNumber, shape.PerRequest) - shape.PerRequest;
        counts.AddSent(shape.PerRequest);
        try
        {
            var status = await sender.Connection.ExchangeAsync(sender.Buffer.Stamp(first, due), cancellation);
            if (status is < 200 or > 299)
            {
                counts.AddFailure(status.ToString(CultureInfo.InvariantCulture));
                return false;
            }
        }
        catch (IOException e)
        {
            counts.AddFailure(e.Message);
            return false;
        }

        Latencies.Record(due, Clock.Micros, 1);
        lock (_acknowledgedGate) _acknowledged.SetRange(first, shape.PerRequest);
        counts.AddAcknowledged(shape.PerRequest);
        return true;
    }

    private sealed class Sender(IngestTarget target, EventShape shape, string run, int number)
    {
        public IngestConnection Connection { get; } = new(target.Address);

        public RequestBuffer Buffer { get; } = new(target.RequestHead(shape.Format), shape, run, number);
    }

    private sealed class Phase(PhaseLoad load, RateSchedule? schedule, long start, long end, SendCounts counts)
    {
        private long _taken;

        public RateSchedule? Schedule => schedule;

        public long End => end;

        public SendCounts Counts => counts;

        /// <returns>When the next request is due; null when the phase is over.</returns>
        public long? TakeDue(int perRequest)
        {
            var request = Interlocked.Increment(ref _taken) - 1;
            if (request * perRequest >= load.MaxEvents) return null;
            if (schedule is null) return Clock.Micros is var now && now < end ? now : null;
            return request < schedule.Requests ? start + schedule.DueOf(request).ToMicros() : null;
        }
    }
}
