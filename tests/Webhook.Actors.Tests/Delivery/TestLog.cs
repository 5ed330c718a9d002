using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Delivery;

/// <summary>A real event log in a folder of its own, as the process puts it together.</summary>
internal sealed class TestLog : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RocksDbEventLog _log;
    private readonly EventLogWriter _writer;
    private int _next;

    /// <param name="tailBytes">Of the shared tail; 0: every read is cold.</param>
    public TestLog(int tailBytes = 1024 * 1024)
    {
        var options = new EventLogOptions { Path = Path.Combine(_folder.Path, "log"), MinFreeDiskBytes = 0, SharedTailBytes = tailBytes, MemtableBytes = 1024 * 1024 };
        var metrics = new WebhookMetrics();
        _log = RocksDbEventLog.Open(options, TimeProvider.System, metrics, NullLogger<RocksDbEventLog>.Instance);
        var tail = new SharedTail(_log, tailBytes, NullLogger<SharedTail>.Instance);
        _writer = new EventLogWriter(_log, tail, options, metrics, TimeProvider.System, NullLogger<EventLogWriter>.Instance);
        Reader = new EventLogReader(_log, tail);
        Attempts = new DeliveryLog(_log.Attempts, new DeliveryLogOptions(), TimeProvider.System, NullLogger<DeliveryLog>.Instance);
    }

    public EventLogReader Reader { get; }

    public ICursorStore Cursors => _log;

    public IDeadLetterStore DeadLetters => _log.DeadLetters;

    public DeliveryLog Attempts { get; }

    /// <summary>Appends events numbered on from the last, in one request: one block or part of one.</summary>
    public async Task AppendAsync(int count, string channel = TestEvents.Policies)
    {
        var first = _next;
        _next += count;
        var events = Enumerable.Range(first, count).Select(TestEvents.Json).ToList();
        (await _writer.AppendAsync(TestEvents.Incoming(channel, events), null, default, CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();
    }

    public async ValueTask DisposeAsync()
    {
        await Attempts.DisposeAsync();
        await _writer.DisposeAsync();
        await _log.DisposeAsync();
        _folder.Dispose();
    }
}
