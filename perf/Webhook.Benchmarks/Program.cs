using BenchmarkDotNet.Running;
using Webhook.Benchmarks.Allocations;
using Webhook.Benchmarks.Samples;

switch (args)
{
    case [AllocationsCommand.Name, .. var options]:
        return await AllocationsCommand.RunAsync(options, Console.Out);
    case [ReceiverProcess.Command]:
        await ReceiverProcess.ServeAsync();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(AllocationsCommand).Assembly).Run(args);
        return 0;
}
