using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Running;

namespace Webhook.Benchmarks.Allocations;

/// <summary>Measures every benchmark's allocations and compares them with the checked-in file.</summary>
internal static class AllocationsCommand
{
    public const string Name = "allocations";
    private const string Update = "--update";

    private const int Within = 0;
    private const int Above = 1;
    private const int WrongUsage = 2;

    private static readonly string Prefix = typeof(AllocationsCommand).Assembly.GetName().Name + ".";

    /// <returns>The exit code: 0 all is within its limit, 1 something is not, 2 the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] options, TextWriter output)
    {
        if (options is not ([] or [Update]))
        {
            await output.WriteLineAsync($"{Name}: takes no arguments but {Update}, which makes what it measures the content of {AllocationBudget.File}");
            return WrongUsage;
        }

        var file = AllocationBudget.Find();
        var budget = AllocationBudget.Read(await File.ReadAllTextAsync(file));
        var measured = await MeasureAsync(budget, output);
        if (options is [Update])
        {
            await File.WriteAllTextAsync(file, AllocationBudget.Of(measured).Write());
            await output.WriteLineAsync($"written to {file}");
            return Within;
        }

        var verdicts = budget.Compare(measured);
        foreach (var verdict in verdicts)
        {
            if (verdict.Message is { } message) await output.WriteLineAsync(message);
        }

        return verdicts.Any(static v => v.Fails) ? Above : Within;
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(AllocationBudget budget, TextWriter output)
    {
        var measured = new Dictionary<string, double>();
        await output.WriteLineAsync($"{"bytes an event",14}  {"limit",8}");
        foreach (var benchmark in All())
        {
            var name = FullNameProvider.GetBenchmarkName(benchmark)[Prefix.Length..];
            measured[name] = await AllocationMeter.MeasureAsync(benchmark);
            var limit = budget.Compare(measured).First(v => v.Benchmark == name).Limit;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{measured[name],14:F2}  {limit,8:F1}  {name}"));
        }

        return measured;
    }

    private static IEnumerable<BenchmarkCase> All() => typeof(AllocationsCommand).Assembly.GetTypes()
        .Where(static type => type.IsDefined(typeof(MemoryDiagnoserAttribute)))
        .OrderBy(static type => type.FullName, StringComparer.Ordinal)
        .SelectMany(static type => BenchmarkConverter.TypeToBenchmarks(type).BenchmarksCases);
}
