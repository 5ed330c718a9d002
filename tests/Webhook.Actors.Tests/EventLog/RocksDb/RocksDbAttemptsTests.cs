using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed class RocksDbAttemptsTests : AttemptCompliance, IDisposable
{
    private readonly RocksDbFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override ValueTask<(IAsyncDisposable Owner, IAttemptStore Store)> OpenAsync()
    {
        var log = _folder.Open(Time);
        return ValueTask.FromResult<(IAsyncDisposable, IAttemptStore)>((log, log.Attempts));
    }
}
