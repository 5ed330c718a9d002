using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed class RocksDbDeadLettersTests : DeadLetterCompliance, IDisposable
{
    private readonly RocksDbFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override ValueTask<(IAsyncDisposable Owner, IDeadLetterStore Store)> OpenAsync()
    {
        var log = _folder.Open();
        return ValueTask.FromResult<(IAsyncDisposable, IDeadLetterStore)>((log, log.DeadLetters));
    }
}
