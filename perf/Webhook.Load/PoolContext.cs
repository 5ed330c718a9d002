namespace Webhook.Load;

/// <summary>
/// Keeps everything but generator and receiver off the threads that poll the sockets, where completions run inline: one blocking call there, as the end of a diagnostics session makes,
/// would wait for what only that thread can read.
/// </summary>
internal sealed class PoolContext : SynchronizationContext
{
    private static readonly PoolContext Instance = new();

    /// <summary>Every continuation of the act runs on the thread pool.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> act)
    {
        // Holds for this method and what it calls, not for its caller.
        SetSynchronizationContext(Instance);
        return await act();
    }

    public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(static work =>
    {
        SetSynchronizationContext(Instance);
        try
        {
            work.d(work.state);
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }, (d, state), preferLocal: false);

    public override SynchronizationContext CreateCopy() => this;
}
