using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Events;

/// <summary>From the requests that wait to the block that is stored: copy, index, checksum.</summary>
[MemoryDiagnoser]
public class BlockBenchmarks
{
    private IncomingEvents[] _requests = [];

    [Params(1, 100, 1000)]
    public int PerRequest { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var body = SampleEvents.Body(PerRequest);
        _requests = new IncomingEvents[SampleEvents.PerInvocation / PerRequest];
        for (var i = 0; i < _requests.Length; i++) _requests[i] = SampleEvents.Parse(body);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var request in _requests) request.Dispose();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Build()
    {
        var block = EventBlock.Build(1, 0, 0, 0, _requests);
        var length = block.Length;
        block.Release();
        return length;
    }
}
