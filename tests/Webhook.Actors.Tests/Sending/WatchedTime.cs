using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Webhook.Actors.Tests.Sending;

/// <summary>A fake clock that tells which timers were set, so that a test knows when it may move on and by how much.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Watched(base.CreateTimer(callback, state, dueTime, period), _set.Writer);
        _set.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next timer that is none of <paramref name="except"/>, and lets its time pass.</summary>
    public async Task<TimeSpan> PassNextAsync(params TimeSpan[] except)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var due = await _set.Reader.ReadAsync(deadline.Token);
            if (due <= TimeSpan.Zero || except.Contains(due)) continue;
            Advance(due);
            return due;
        }
    }

    /// <summary>Waits until a timer of this length is set, and lets no time pass.</summary>
    public async Task UntilSetAsync(TimeSpan due)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await _set.Reader.ReadAsync(deadline.Token) != due)
        {
            // Another timer.
        }
    }

    private sealed class Watched(ITimer timer, ChannelWriter<TimeSpan> set) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            set.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
