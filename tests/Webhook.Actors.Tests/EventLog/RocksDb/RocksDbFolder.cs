using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>A folder in which a log is opened again and again; its memtables are small, so that files come to be.</summary>
internal sealed class RocksDbFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    /// <summary>Whatever was done to it before by closing or not closing it, nothing of it is damaged.</summary>
    public RocksDbEventLog Open(TimeProvider? time = null)
    {
        var log = RocksDbEventLog.Open(
            new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = 64 * 1024 }, time ?? TimeProvider.System, _metrics,
            NullLogger<RocksDbEventLog>.Instance);
        log.Faults.ShouldBeEmpty();
        return log;
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }
}
