using System.Diagnostics;

namespace Webhook.Testing;

/// <summary>Waits for a condition that nobody announces.</summary>
public static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <param name="saw">What there was instead, for the report.</param>
    public static Task HoldsAsync(Func<bool> condition, Func<string> saw, TimeSpan? deadline = null) =>
        HoldsAsync(() => Task.FromResult(condition()), saw, deadline);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, Func{string}, TimeSpan?)"/>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> saw, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (watch.Elapsed > (deadline ?? Deadline)) throw new TimeoutException($"After {watch.Elapsed.TotalSeconds:F0} s the condition does not hold yet: {saw()}");
            await tick.WaitForNextTickAsync();
        }
    }
}
