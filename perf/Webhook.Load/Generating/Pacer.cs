using System.Runtime.InteropServices;

namespace Webhook.Load.Generating;

/// <summary>
/// Wakes senders when a request is due, to about 60 µs; .NET's timers are good to a millisecond, which would be added to every latency. A thread of its own that sleeps by <c>nanosleep</c>.
/// </summary>
internal sealed class Pacer : IDisposable
{
    // The longest sleep: one who comes later to wait for something earlier is late by this much at most.
    private const long MaxSleepMicros = 500;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private readonly SemaphoreSlim _any = new(0);
    private volatile bool _isDone;

    public Pacer() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    public Task UntilAsync(long due)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(turn, due);
            if (_waiting.Count == 1) _any.Release();
        }

        return turn.Task;
    }

    public void Dispose()
    {
        _isDone = true;
        _any.Release();
    }

    private void Run()
    {
        while (!_isDone)
        {
            var wait = WakeWhatIsDue();
            if (wait is null) _any.Wait();
            else Sleep(Math.Min(wait.Value, MaxSleepMicros));
        }
    }

    /// <returns>Microseconds until the next is due; null when nobody waits.</returns>
    private long? WakeWhatIsDue()
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var turn, out var due))
            {
                if (due - Clock.Micros is var wait and > 0) return wait;
                _waiting.Dequeue();
                turn.SetResult();
            }

            return null;
        }
    }

    private static void Sleep(long micros)
    {
        var time = new Timespec(0, (nint)(micros * 1000));
        _ = NanoSleep(in time, 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(nint Seconds, nint Nanoseconds);

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in Timespec time, nint remaining);
}
