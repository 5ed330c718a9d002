using System.Collections.Concurrent;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>
/// The one thread that writes to the store, in the order asked. RocksDB blocks its caller while it syncs and every other writer behind it;
/// neither pool threads nor actors may be spent on that.
/// </summary>
internal sealed class StoreThread : IAsyncDisposable
{
    private readonly BlockingCollection<Work> _work = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreThread(string name) => new Thread(Loop) { Name = name, IsBackground = true }.Start();

    /// <summary>Completes after <paramref name="work"/> ran, with its exception if it threw.</summary>
    /// <exception cref="EventLogException">The log is closed.</exception>
    public Task RunAsync(Action work)
    {
        var item = new Work(work);
        try
        {
            _work.Add(item);
        }
        catch (InvalidOperationException e)
        {
            throw Closed(e);
        }

        return item.Done.Task;
    }

    /// <summary>Work already asked for is still done.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
    }

    internal static EventLogException Closed(Exception? inner = null) => new("The event log is closed; the program is shutting down.", inner);

    private void Loop()
    {
        foreach (var item in _work.GetConsumingEnumerable())
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

    private sealed record Work(Action Run)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
