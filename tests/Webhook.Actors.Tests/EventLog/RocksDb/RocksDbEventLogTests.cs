using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed class RocksDbEventLogTests : EventLogCompliance, IDisposable
{
    private readonly RocksDbFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override ValueTask<IEventLog> OpenAsync() => ValueTask.FromResult<IEventLog>(_folder.Open());
}
