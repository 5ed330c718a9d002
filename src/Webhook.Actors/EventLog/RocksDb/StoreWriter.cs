using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>Carries out what is to be written, one thing after the other, for everything that is kept in the store.</summary>
/// <remarks>RocksDB refuses all writes after one failed, so the next one first opens the store anew: that is how a disk that was full heals.</remarks>
/// <param name="replaceStore">Opens the store anew, on the writing thread.</param>
internal sealed class StoreWriter(StoreFiles files, long minFreeDiskBytes, StoreAccess access, Action replaceStore) : IAsyncDisposable
{
    private readonly StoreThread _thread = new("event log");

    // Of the writing thread.
    private bool _writesFail;

    /// <summary>Completes after <paramref name="write"/> ran, with its exception if it threw.</summary>
    /// <exception cref="EventLogException">It could not be written, or the log is closed.</exception>
    public Task RunAsync(Action<RocksDbStore> write) => _thread.RunAsync(() =>
    {
        if (_writesFail) Reopen();
        try
        {
            write(access.Store);
        }
        catch (RocksDbException e)
        {
            _writesFail = true;
            throw new EventLogException($"The event log in {files.Path} could not be written: {e.Message}", e);
        }
    });

    /// <summary>Reads what lies beside the log. Damage there is mended by opening the store anew, which saves what can be read and tells what cannot; then it is read again.</summary>
    /// <exception cref="EventLogException">There is no store, or it cannot be read now.</exception>
    public async Task<TResult> ReadAsync<TState, TResult>(TState state, Func<RocksDbStore, TState, TResult> read, CancellationToken cancellation)
    {
        try
        {
            return await access.ReadAsync(state, read, cancellation).ConfigureAwait(false);
        }
        catch (EventLogException e) when (e.InnerException is RocksDbException cause && RocksDbStore.IsCorruption(cause))
        {
            await _thread.RunAsync(Reopen).ConfigureAwait(false);
            return await access.ReadAsync(state, read, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Work already asked for is still done.</summary>
    public ValueTask DisposeAsync() => _thread.DisposeAsync();

    private void Reopen()
    {
        if (files.FreeBytes() < minFreeDiskBytes)
            throw new EventLogException($"The log's disk is full: fewer than {minFreeDiskBytes:N0} bytes are free. Free some; the log then goes on by itself.");
        replaceStore();
        _writesFail = false;
    }
}
