using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Webhook.Actors.Telemetry;

/// <summary>Every number the forwarder tells the outside, on one .NET meter. Names, units and labels are a public interface: docs/operations.md lists them.</summary>
public sealed class WebhookMetrics : IDisposable
{
    /// <summary>Stands before every name where it is exported: <c>webhook_events_accepted_total</c>.</summary>
    public const string MeterName = "webhook";

    // Told from the start on, so that an alert can rest on a zero.
    private static readonly string[] LossReasons = ["retention_age", "retention_size", "damage"];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _eventsAccepted;
    private readonly Counter<long> _bytesAccepted;
    private readonly Counter<long> _ingestRefused;
    private readonly Histogram<double> _syncSeconds;
    private readonly Histogram<int> _commitEvents;
    private readonly Counter<long> _eventsDelivered;
    private readonly Counter<long> _bytesDelivered;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptSeconds;
    private readonly Histogram<int> _batchEvents;
    private readonly Counter<long> _batchFlushes;
    private readonly Counter<long> _eventsLost;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _deadLettersExpired;
    private readonly TimeProvider _time;
    private readonly EventRate _accepted;
    private readonly ConcurrentDictionary<string, EventRate> _delivered = [];
    private readonly Counter<long> _inputRefused;
    private readonly Counter<long> _inputUnkept;
    private readonly Counter<long> _inputDropped;

    public WebhookMetrics()
        : this(TimeProvider.System)
    {
    }

    public WebhookMetrics(TimeProvider time)
    {
        _time = time;
        _accepted = new EventRate(time);
        _eventsAccepted = _meter.CreateCounter<long>("events_accepted_total", "events", "Events stored and acknowledged, by channel.");
        _bytesAccepted = _meter.CreateCounter<long>("event_bytes_accepted_total", "bytes", "Bytes of the events stored and acknowledged, by channel.");
        _ingestRefused = _meter.CreateCounter<long>("ingest_refused_total", "requests", "Ingest requests refused, by reason.");
        _syncSeconds = _meter.CreateHistogram<double>("log_commit_seconds", "s", "Time of one group commit, write and sync.");
        _commitEvents = _meter.CreateHistogram<int>("log_commit_events", "events", "Events of one group commit.");
        _eventsDelivered = _meter.CreateCounter<long>("events_delivered_total", "events", "Events answered with 2xx, by integration.");
        _bytesDelivered = _meter.CreateCounter<long>("body_bytes_delivered_total", "bytes", "Bytes of the bodies answered with 2xx, before compression, by integration.");
        _attempts = _meter.CreateCounter<long>("attempts_total", "requests", "Delivery attempts, by outcome.");
        _attemptSeconds = _meter.CreateHistogram<double>("attempt_seconds", "s", "Time of one delivery attempt, by outcome.");
        _batchEvents = _meter.CreateHistogram<int>("batch_events", "events", "Events of one batch.");
        _batchFlushes = _meter.CreateCounter<long>("batch_flushes_total", "batches", "Batches closed, by reason: events, bytes, time, end.");
        _eventsLost = _meter.CreateCounter<long>("events_lost_total", "events", "Events that left the log undelivered, by reason: retention_age, retention_size, damage.");
        _deadLettered = _meter.CreateCounter<long>("dead_lettered_total", "events", "Events that a receiver refused for good, by integration and status.");
        _deadLettersExpired = _meter.CreateCounter<long>("dead_letters_expired_total", "events", "Dead letters dropped by age or number, by integration.");
        _inputRefused = _meter.CreateCounter<long>("input_refused_lines_total", "lines", "Lines of standard input and followed files that are no events, by input and reason.");
        _inputUnkept = _meter.CreateCounter<long>("input_refused_lines_unkept_total", "lines", "Refused lines that were only counted, because the file for them is full or cannot be written, by input.");
        _inputDropped = _meter.CreateCounter<long>("input_dropped_events_total", "events", "Events of a channel that the message types do not transmit, by input.");
        foreach (var reason in LossReasons) Lost(reason, 0);
    }

    public void Accepted(string channel, long events, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("channel", channel);
        _accepted.Add(events);
        _eventsAccepted.Add(events, tag);
        _bytesAccepted.Add(bytes, tag);
    }

    public void Refused(string reason) => _ingestRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Committed(TimeSpan took, int events)
    {
        _syncSeconds.Record(took.TotalSeconds);
        _commitEvents.Record(events);
    }

    public void Delivered(string integration, int events, long bodyBytes)
    {
        var tag = new KeyValuePair<string, object?>("integration", integration);
        _delivered.GetOrAdd(integration, static (_, time) => new EventRate(time), _time).Add(events);
        _eventsDelivered.Add(events, tag);
        _bytesDelivered.Add(bodyBytes, tag);
    }

    public void Attempted(string outcome, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        _attempts.Add(1, tag);
        _attemptSeconds.Record(took.TotalSeconds, tag);
    }

    public void BatchClosed(string flushReason, int events)
    {
        _batchEvents.Record(events);
        _batchFlushes.Add(1, new KeyValuePair<string, object?>("reason", flushReason));
    }

    public void Lost(string reason, long events) => _eventsLost.Add(events, new KeyValuePair<string, object?>("reason", reason));

    /// <param name="statusCode">The receiver's answer; null, told as <c>none</c>, when it was not one.</param>
    public void DeadLettered(string integration, int? statusCode, long events) => _deadLettered.Add(
        events, new KeyValuePair<string, object?>("integration", integration),
        new KeyValuePair<string, object?>("status", statusCode?.ToString(CultureInfo.InvariantCulture) ?? "none"));

    public void DeadLettersExpired(string integration, long count) =>
        _deadLettersExpired.Add(count, new KeyValuePair<string, object?>("integration", integration));

    /// <summary>Events accepted a second, over the last seconds.</summary>
    public double AcceptedPerSecond() => _accepted.PerSecond();

    /// <summary>Events delivered to the integration a second, over the last seconds.</summary>
    public double DeliveredPerSecond(string integration) => _delivered.TryGetValue(integration, out var rate) ? rate.PerSecond() : 0;

    public void InputRefused(string input, string reason) =>
        _inputRefused.Add(1, new KeyValuePair<string, object?>("input", input), new KeyValuePair<string, object?>("reason", reason));

    public void InputUnkept(string input, long lines) => _inputUnkept.Add(lines, new KeyValuePair<string, object?>("input", input));

    public void InputDropped(string input, long events) => _inputDropped.Add(events, new KeyValuePair<string, object?>("input", input));

    /// <summary>Gauges are read when asked for; <paramref name="read"/> must be quick and must not throw.</summary>
    public void Observe(string name, string unit, string description, Func<IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    public void Dispose() => _meter.Dispose();
}
