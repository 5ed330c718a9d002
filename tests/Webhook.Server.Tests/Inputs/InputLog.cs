using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Server.Inputs;
using Webhook.Server.Tests.Ingest;
using Webhook.Testing;

namespace Webhook.Server.Tests.Inputs;

/// <summary>A real log in a folder of its own, and standard input that goes into it.</summary>
internal sealed class InputLog : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counted = [];
    private readonly RocksDbEventLog _log;
    private readonly EventLogWriter _writer;

    public InputLog(long maxBytes = 1L << 30)
    {
        var options = new EventLogOptions
        {
            Path = Path.Combine(_folder.Path, "log"),
            MinFreeDiskBytes = 0,
            MemtableBytes = 64 * 1024,
            CommitInterval = TimeSpan.Zero,
            MaxBytes = maxBytes,
            SharedTailBytes = 0,
        };
        _log = RocksDbEventLog.Open(options, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
        var tail = new SharedTail(_log, options.SharedTailBytes, NullLogger<SharedTail>.Instance);
        _writer = new EventLogWriter(_log, tail, options, _metrics, TimeProvider.System, NullLogger<EventLogWriter>.Instance);
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == WebhookMetrics.MeterName && instrument.Name.StartsWith("input_", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Tests beside this one count what comes from their files.
            if ((string)tags[0].Value! != "stdin") return;
            lock (_counted) _counted[instrument.Name] = _counted.GetValueOrDefault(instrument.Name) + value;
        });
        _listener.Start();
    }

    public WarningLog Warnings { get; } = new();

    public IngestOptions Limits { get; } = new();

    public string Refused => Path.Combine(_folder.Path, "refused", "stdin.ndjson");

    public long Counted(string metric)
    {
        lock (_counted) return _counted.GetValueOrDefault(metric);
    }

    /// <returns>Its end: true, or false if it was stopped before.</returns>
    public Task<bool> ReadAsync(Stream stream, TimeProvider time, string target = "ACTIVITY_AUDIT", IReadOnlySet<string>? transmitted = null, CancellationToken stop = default)
    {
        InputTarget.TryParse(target, new ChannelList(new ChannelOptions()), out var parsed, out _).ShouldBeTrue();
        var input = new StandardInputDefinition(parsed!, transmitted);
        ILogger logger = Warnings;
        var store = new LineStore(input, new RefusedLines(input, _folder.Path, _metrics, time, logger), _writer, _log, Limits, _metrics, time, logger);
        return new StandardInput(stream, store, time, logger).RunAsync(stop, CancellationToken.None);
    }

    /// <summary>Makes room, as deliveries do.</summary>
    public ValueTask TrimAsync(long before) => _log.TrimAsync(0, before, CancellationToken.None);

    public LogBounds Bounds => _log.Bounds(0);

    public async Task<List<(string Event, long Sequence)>> StoredAsync()
    {
        var stored = new List<(string, long)>();
        for (var from = 0L; await _log.ReadAsync(0, from, default) is { } block; from = block.LastSequence + 1)
        {
            for (var i = 0; i < block.Count; i++) stored.Add((Encoding.UTF8.GetString(block.Event(i)), EventBlock.ToSequence(block.BlockSequence, i)));
            block.Release();
        }

        return stored;
    }

    public List<JsonNode> RefusedLines() => [.. File.ReadAllLines(Refused).Select(static line => JsonNode.Parse(line)!)];

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _writer.DisposeAsync();
        await _log.DisposeAsync();
        _metrics.Dispose();
        _folder.Dispose();
    }
}
