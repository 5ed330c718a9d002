using System.Reflection;
using BenchmarkDotNet.Running;

namespace Webhook.Benchmarks.Allocations;

/// <summary>Counts what one benchmark allocates, in this process and on all of its threads: a stage hands its work to others.</summary>
/// <remarks>
/// Rounds are repeated until the least of them stands: the first ones pay for compiling, growing pools and opening connections, and now and then one pays for a timer or for
/// a pool that a collection has emptied. So what is not allocated for events but once in a while (a cursor saved, a file of the log closed) is not counted.
/// </remarks>
internal static class AllocationMeter
{
    private const int RoundsWithoutLess = 5;
    private const int MostRounds = 60;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(25);

    // Less than this is not less.
    private const double Resolution = 0.05;

    /// <returns>Bytes an event.</returns>
    public static async Task<double> MeasureAsync(BenchmarkCase benchmark)
    {
        var (type, instance) = (benchmark.Descriptor.Type, Activator.CreateInstance(benchmark.Descriptor.Type)!);
        foreach (var parameter in benchmark.Parameters.Items) type.GetProperty(parameter.Name)!.SetValue(instance, parameter.Value);
        await RunOnceAsync(benchmark.Descriptor.GlobalSetupMethod, instance);
        try
        {
            return await LeastOfRoundsAsync(Invocation(benchmark.Descriptor.WorkloadMethod, instance)) / benchmark.Descriptor.OperationsPerInvoke;
        }
        finally
        {
            await RunOnceAsync(benchmark.Descriptor.GlobalCleanupMethod, instance);
        }
    }

    private static async Task<double> LeastOfRoundsAsync(Func<Task> invoke)
    {
        var least = double.MaxValue;
        var withoutLess = 0;
        for (var round = 0; round < MostRounds && withoutLess < RoundsWithoutLess; round++)
        {
            var bytes = await RoundAsync(invoke);
            withoutLess = bytes < least - Resolution ? 0 : withoutLess + 1;
            least = Math.Min(least, bytes);
        }

        return least;
    }

    private static async Task<double> RoundAsync(Func<Task> invoke)
    {
        var (started, invocations) = (TimeProvider.System.GetTimestamp(), 0);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        do
        {
            await invoke();
            invocations++;
        }
        while (TimeProvider.System.GetElapsedTime(started) < Round);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)invocations;
    }

    // A delegate, since a call by reflection allocates too.
    private static Func<Task> Invocation(MethodInfo method, object instance)
    {
        if (method.ReturnType == typeof(Task)) return method.CreateDelegate<Func<Task>>(instance);
        var call = method.CreateDelegate<Func<int>>(instance);
        return () =>
        {
            call();
            return Task.CompletedTask;
        };
    }

    private static Task RunOnceAsync(MethodInfo? method, object instance) => method?.Invoke(instance, null) as Task ?? Task.CompletedTask;
}
