using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Benchmarks.Samples;

/// <summary>A real event log in a folder of its own, as the process puts it together. What is read of it is gone after a while, so that a long run does not fill the disk.</summary>
internal sealed class BenchmarkLog : IAsyncDisposable
{
    private const long TrimEvery = 256L * 1024 * 1024;

    // More would be a test of the array pool, which keeps few arrays of a size.
    private const int Connections = 32;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhook-benchmark-");
    private readonly RocksDbEventLog _log;
    private readonly EventLogWriter _writer;
    private readonly List<ValueTask<AppendResult>> _waiting = [];

    /// <param name="tailBytes">Of the shared tail. Until it is full each commit takes new memory: small where commits are measured.</param>
    /// <param name="commitInterval">By default the product's.</param>
    public BenchmarkLog(int tailBytes, TimeSpan? commitInterval = null)
    {
        var options = new EventLogOptions { Path = Path.Combine(_folder.FullName, "log"), MinFreeDiskBytes = 0, SharedTailBytes = tailBytes };
        if (commitInterval is { } interval) options.CommitInterval = interval;
        _log = RocksDbEventLog.Open(options, TimeProvider.System, Metrics, NullLogger<RocksDbEventLog>.Instance);
        var tail = new SharedTail(_log, tailBytes, NullLogger<SharedTail>.Instance);
        _writer = new EventLogWriter(_log, tail, options, Metrics, TimeProvider.System, NullLogger<EventLogWriter>.Instance);
        Reader = new EventLogReader(_log, tail);
        Attempts = new DeliveryLog(_log.Attempts, new DeliveryLogOptions(), TimeProvider.System, NullLogger<DeliveryLog>.Instance);
    }

    public WebhookMetrics Metrics { get; } = new();

    public IEventLog Store => _log;

    public ICursorStore Cursors => _log;

    public IDeadLetterStore DeadLetters => _log.DeadLetters;

    public EventLogReader Reader { get; }

    public DeliveryLog Attempts { get; }

    public LogBounds Bounds => _log.Bounds(0);

    /// <summary>Makes requests and waits until all are durable; a number of them waits at once, as with that many connections.</summary>
    public async Task AppendAsync(int requests, Func<IncomingEvents> request)
    {
        if (Bounds is { Bytes: > TrimEvery, Head: var head }) await _log.TrimAsync(0, head, CancellationToken.None);
        for (var made = 0; made < requests; made += _waiting.Count)
        {
            _waiting.Clear();
#pragma warning disable CA2012 // Kept for a moment and awaited once: a task for each request would be counted.
            while (_waiting.Count < Math.Min(Connections, requests - made)) _waiting.Add(_writer.AppendAsync(request(), null, 0, CancellationToken.None));
#pragma warning restore CA2012
            foreach (var answer in _waiting)
            {
                if (await answer is not AppendResult.Appended) throw new InvalidOperationException("The log did not store what it was given.");
            }
        }
    }

    /// <summary>Blocks of so many events each, which are stored one after the other.</summary>
    public async Task FillAsync(int events, int perBlock)
    {
        using var block = SampleEvents.Parse(SampleEvents.Body(perBlock));
        for (var i = 0; i < events; i += perBlock) await AppendAsync(1, () => SampleEvents.Copy(block));
    }

    public async ValueTask DisposeAsync()
    {
        await Attempts.DisposeAsync();
        await _writer.DisposeAsync();
        await _log.DisposeAsync();
        Metrics.Dispose();
        _folder.Delete(recursive: true);
    }
}
