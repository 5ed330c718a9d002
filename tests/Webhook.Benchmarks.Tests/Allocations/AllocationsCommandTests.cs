using System.Diagnostics;
using Webhook.Benchmarks.Allocations;

namespace Webhook.Benchmarks.Tests.Allocations;

/// <summary>The program as it is started by hand: a process of its own, because what else runs in one is counted too.</summary>
public sealed class AllocationsCommandTests
{
    [Fact]
    public async Task No_benchmark_allocates_more_than_the_file_says()
    {
        var (code, output) = await RunAsync(AllocationsCommand.Name);

        code.ShouldBe(0, output);
    }

    [Fact]
    public async Task An_argument_that_it_does_not_know_is_refused_before_anything_is_measured()
    {
        var (code, output) = await RunAsync(AllocationsCommand.Name, "--updte");

        code.ShouldBe(2);
        output.Trim().ShouldBe("allocations: takes no arguments but --update, which makes what it measures the content of perf/Webhook.Benchmarks/allocations.json");
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Webhook.Benchmarks.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
