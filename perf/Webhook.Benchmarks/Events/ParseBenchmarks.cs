using BenchmarkDotNet.Attributes;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Events;

/// <summary>From a body in memory to events and their index.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private byte[] _body = [];

    [Params(1, 100, 1000)]
    public int PerRequest { get; set; }

    [GlobalSetup]
    public void Setup() => _body = SampleEvents.Body(PerRequest);

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int ParseAndIndex()
    {
        var count = 0;
        while (count < SampleEvents.PerInvocation)
        {
            using var events = SampleEvents.Parse(_body);
            count += events.Count;
        }

        return count;
    }
}
