using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>A real log in a folder of its own with the parts that stand before it.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<EventLogWriter> _writers = [];

    public LogFixture(Action<EventLogOptions>? configure = null, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Options = new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = 1024 * 1024, CommitInterval = TimeSpan.Zero, ReplayBytes = 0 };
        configure?.Invoke(Options);
        Store = RocksDbEventLog.Open(Options, Time, Metrics, NullLogger<RocksDbEventLog>.Instance);
        Log = new WatchedLog(Store);
        Tail = new SharedTail(Log, Options.SharedTailBytes, NullLogger<SharedTail>.Instance);
        Reader = new EventLogReader(Log, Tail);
        Writer = NewWriter();
    }

    public EventLogOptions Options { get; }

    public TimeProvider Time { get; }

    public WebhookMetrics Metrics { get; } = new();

    public RocksDbEventLog Store { get; }

    public WatchedLog Log { get; }

    public SharedTail Tail { get; }

    public EventLogReader Reader { get; }

    public EventLogWriter Writer { get; }

    public ValueTask<AppendResult> AppendAsync(long first, int count = 1, int padding = 0, IdempotencyKey? key = null, UInt128 bodyHash = default, CancellationToken cancellation = default) =>
        Writer.AppendAsync(TestEvents.Request(first, count, padding), key, bodyHash, cancellation);

    public async ValueTask DisposeAsync()
    {
        Log.Open();
        foreach (var writer in _writers) await writer.DisposeAsync();
        await Log.DisposeAsync();
        Metrics.Dispose();
        _folder.Dispose();
    }

    private EventLogWriter NewWriter()
    {
        var writer = new EventLogWriter(Log, Tail, Options, Metrics, Time, NullLogger<EventLogWriter>.Instance);
        _writers.Add(writer);
        return writer;
    }
}
