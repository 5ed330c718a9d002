using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Webhook.Benchmarks.Allocations;
using Webhook.Benchmarks.Samples;

// BenchmarkDotNet builds the engine anew for each kind of run; its two minutes are too few for a machine that is busy.
var buildTimeout = TimeSpan.FromMinutes(15);

switch (args)
{
    case [AllocationsCommand.Name, .. var options]:
        return await AllocationsCommand.RunAsync(options, Console.Out);
    case [ReceiverProcess.Command]:
        await ReceiverProcess.ServeAsync();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(AllocationsCommand).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(buildTimeout));
        return 0;
}
