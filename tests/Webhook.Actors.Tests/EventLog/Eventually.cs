using System.Diagnostics;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>Awaits what another thread is about to do, with a deadline, and says what it saw instead.</summary>
internal static class Eventually
{
    public static Task BecomesTrueAsync(Func<bool> condition, Func<string> seen) => BecomesTrueAsync(() => ValueTask.FromResult(condition()), seen);

    public static async Task BecomesTrueAsync(Func<ValueTask<bool>> condition, Func<string> seen)
    {
        for (var waited = Stopwatch.StartNew(); !await condition();)
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException($"It did not happen within 20 s; seen: {seen()}");
            await Task.Yield();
        }
    }
}
