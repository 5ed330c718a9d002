using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

/// <summary>What one stretch of a simulation showed.</summary>
/// <param name="PerSecond">Batches delivered.</param>
/// <param name="Latency">Mean of the delivered attempts, in seconds.</param>
/// <param name="OverloadShare">Of all attempts, those that were answered with overload.</param>
/// <param name="Window">Mean over time.</param>
internal sealed record Stretch(double PerSecond, double Latency, double OverloadShare, double Window, int Smallest, int Largest, double PeakInFlight);

/// <summary>
/// A lane against a simulated receiver, in virtual time: a discrete-event loop that does what the sink does. Batches take a place while the window has room, an
/// attempt that fails is made again after the pause of <see cref="RetrySchedule"/> and keeps its place meanwhile.
/// </summary>
internal sealed class WindowSimulation
{
    private readonly FakeTimeProvider _clock = new();
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly SimulatedReceiver _receiver;
    private readonly TimeSpan _timeout;
    private readonly Random _jitter = new(7);
    private (int Busy, int Open) _connections;
    private TimeSpan _now;
    private long _order;
    private int _inFlight;
    private int _waiting;
    private (int Attempts, int Delivered, int Overloads, double Latencies, double Windows, TimeSpan Since, TimeSpan Last, int Smallest, int Largest, int Peak) _seen;

    /// <param name="delivery">Whose window is simulated; by default the adaptive one.</param>
    /// <param name="offeredPerSecond">Batches that come, evenly; null: there is a backlog.</param>
    public WindowSimulation(SimulatedReceiver receiver, DeliverySettings? delivery = null, double? offeredPerSecond = null)
    {
        _receiver = receiver;
        delivery ??= new DeliverySettings();
        _timeout = TimeSpan.FromMilliseconds(delivery.TimeoutMs);
        Window = SendWindow.For(delivery, _clock);
        if (offeredPerSecond is { } perSecond) Offer(TimeSpan.FromSeconds(1 / perSecond));
        else HasBacklog = true;
    }

    public SendWindow Window { get; }

    /// <summary>There are always more batches waiting.</summary>
    public bool HasBacklog { get; set; }

    /// <summary>What a connection costs that is opened for a request; it is kept for later ones.</summary>
    public TimeSpan Handshake { get; init; }

    /// <summary>Runs on for <paramref name="duration"/> and tells about that stretch only.</summary>
    public Stretch Run(TimeSpan duration)
    {
        var end = _now + duration;
        _seen = (0, 0, 0, 0, 0, _now, _now, Window.Size, Window.Size, 0);
        Fill();
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            MoveTo(next.At);
            _events.Dequeue()();
            Fill();
        }

        MoveTo(end);
        return new Stretch(
            _seen.Delivered / duration.TotalSeconds, _seen.Latencies / Math.Max(1, _seen.Delivered), (double)_seen.Overloads / Math.Max(1, _seen.Attempts),
            _seen.Windows / duration.TotalSeconds, _seen.Smallest, _seen.Largest, _seen.Peak);
    }

    public Stretch Run(double seconds) => Run(TimeSpan.FromSeconds(seconds));

    private void MoveTo(TimeSpan at)
    {
        _seen.Windows += Window.Size * (at - _seen.Last).TotalSeconds;
        _seen.Last = at;
        _clock.Advance(at - _now);
        _now = at;
    }

    private void Offer(TimeSpan interval) => At(interval, () =>
    {
        _waiting++;
        Offer(interval);
    });

    private void Fill()
    {
        while ((HasBacklog || _waiting > 0) && Window.HasRoom(_inFlight))
        {
            if (_waiting > 0) _waiting--;
            _inFlight++;
            _seen.Peak = Math.Max(_seen.Peak, _inFlight);
            Attempt(failures: 0);
        }
    }

    private void Attempt(int failures)
    {
        var inFlight = _inFlight;
        var (outcome, latency) = _receiver.Answer(_now);
        if (++_connections.Busy > _connections.Open)
        {
            _connections.Open++;
            latency += Handshake;
        }

        if (latency > _timeout) (outcome, latency) = (AttemptOutcome.TimedOut, _timeout);
        At(latency, () => Finish(outcome, latency, inFlight, failures));
    }

    private void Finish(AttemptOutcome outcome, TimeSpan latency, int inFlight, int failures)
    {
        _connections.Busy--;
        Window.Observe(outcome, latency, inFlight);
        _seen.Attempts++;
        _seen.Smallest = Math.Min(_seen.Smallest, Window.Size);
        _seen.Largest = Math.Max(_seen.Largest, Window.Size);
        if (outcome == AttemptOutcome.Delivered)
        {
            _seen.Delivered++;
            _seen.Latencies += latency.TotalSeconds;
            _inFlight--;
            return;
        }

        _seen.Overloads++;
        At(RetrySchedule.Delay(failures + 1, _jitter.NextDouble()), () => Attempt(failures + 1));
    }

    private void At(TimeSpan after, Action happens) => _events.Enqueue(happens, (_now + after, _order++));
}
