using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The open store, for any number of readers at a time; whoever closes or replaces it waits until none uses it.</summary>
internal sealed class StoreAccess(string path, BlockRuns runs) : IDisposable
{
    private const int ReadsAtATime = 4;

    private readonly SemaphoreSlim _reads = new(ReadsAtATime);
    private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.NoRecursion);
    private RocksDbStore? _store;
    private bool _closed;

    /// <summary>For the writing thread, which is the only one that replaces the store.</summary>
    /// <exception cref="EventLogException">There is none.</exception>
    public RocksDbStore Store => _store ?? throw Absent();

    /// <exception cref="EventLogException">There is no store, or it cannot be read now.</exception>
    public TResult Read<TState, TResult>(TState state, Func<RocksDbStore, TState, TResult> read)
    {
        _lock.EnterReadLock();
        try
        {
            return read(Store, state);
        }
        catch (RocksDbException e)
        {
            throw new EventLogException($"The event log in {path} could not be read: {e.Message}", e);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>As <see cref="Read"/>, for what may wait for the disk: on a thread of the pool, which lends few at a time to it.</summary>
    /// <exception cref="EventLogException">There is no store, or it cannot be read now.</exception>
    public async Task<TResult> ReadAsync<TState, TResult>(TState state, Func<RocksDbStore, TState, TResult> read, CancellationToken cancellation)
    {
        await _reads.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(state, read), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _reads.Release();
        }
    }

    /// <summary>Closes the store and puts what <paramref name="open"/> gives in its place.</summary>
    public void Replace(Func<RocksDbStore> open)
    {
        _lock.EnterWriteLock();
        try
        {
            Close();
            _store = open();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>The lock stays: a reader that comes late must be told that the log is closed.</summary>
    public void Dispose()
    {
        _lock.EnterWriteLock();
        try
        {
            Close();
            _closed = true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    private void Close()
    {
        runs.Dispose();
        _store?.Dispose();
        _store = null;
    }

    private EventLogException Absent() => _closed
        ? StoreThread.Closed()
        : new EventLogException($"The event log in {path} could not be opened again after a failed write; look at its disk. It is tried with each request.");
}
