using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed class RocksDbAttemptsTests : AttemptCompliance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    private protected override ValueTask<(IAsyncDisposable Owner, IAttemptStore Store)> OpenAsync()
    {
        var log = RocksDbEventLog.Open(
            new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = 64 * 1024 }, Time, _metrics, NullLogger<RocksDbEventLog>.Instance);
        log.Faults.ShouldBeEmpty();
        return ValueTask.FromResult<(IAsyncDisposable, IAttemptStore)>((log, log.Attempts));
    }
}
