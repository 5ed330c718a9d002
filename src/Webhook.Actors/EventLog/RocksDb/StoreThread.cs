namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// The one thread that writes to the store, in the order asked. RocksDB blocks its caller while it syncs and every other writer behind it;
/// neither pool threads nor actors may be spent on that.
/// </summary>
internal sealed class StoreThread : IAsyncDisposable
{
    // Waited for by Monitor, which puts the thread to sleep at once: blocking collections spin before they do, and take a core away from everyone else after each commit.
    private readonly Queue<Work> _work = new();
    private bool _isClosed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreThread(string name) => new Thread(Loop) { Name = name, IsBackground = true }.Start();

    /// <summary>Completes after <paramref name="work"/> ran, with its exception if it threw.</summary>
    /// <exception cref="EventLogException">The log is closed.</exception>
    public Task RunAsync(Action work)
    {
        var item = new Work(work);
        lock (_work)
        {
            if (_isClosed) throw Closed();
            _work.Enqueue(item);
            Monitor.Pulse(_work);
        }

        return item.Done.Task;
    }

    /// <summary>Work already asked for is still done.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_work)
        {
            _isClosed = true;
            Monitor.Pulse(_work);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    internal static EventLogException Closed() => new("The event log is closed; the program is shutting down.");

    private void Loop()
    {
        while (Next() is { } item)
        {
            try
            {
                item.Run();
                item.Done.SetResult();
            }
            catch (Exception e)
            {
                item.Done.SetException(e);
            }
        }

        _ended.SetResult();
    }

    private Work? Next()
    {
        lock (_work)
        {
            while (_work.Count == 0 && !_isClosed) Monitor.Wait(_work);
            return _work.TryDequeue(out var item) ? item : null;
        }
    }

    private sealed record Work(Action Run)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
