using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.EventLog;

/// <summary>From the log to blocks in memory: recent ones out of the tail that all readers share, older ones out of the store.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private const int TailBytes = 4 * 1024 * 1024;

    private BenchmarkLog _log = null!;

    [Params(1, 100, 1000)]
    public int PerBlock { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _log = new BenchmarkLog(TailBytes, TimeSpan.Zero);
        await _log.FillAsync(SampleEvents.PerInvocation, PerBlock);
    }

    [GlobalCleanup]
    public async Task Cleanup() => await _log.DisposeAsync();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int ReadTail()
    {
        var count = 0;
        for (var next = _log.Bounds.Tail; _log.Reader.TryReadTail(0, next) is { } block; next = After(block)) count += Taken(block);
        return count;
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public async Task ReadStore()
    {
        for (var next = _log.Bounds.Tail; await _log.Store.ReadAsync(0, next, CancellationToken.None) is { } block; next = After(block)) Taken(block);
    }

    private static int Taken(EventBlock block)
    {
        var count = block.Count;
        block.Release();
        return count;
    }

    private static long After(EventBlock block) => EventBlock.ToSequence(block.BlockSequence + 1, 0);
}
