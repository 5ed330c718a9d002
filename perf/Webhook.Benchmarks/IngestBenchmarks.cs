using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;

namespace Webhook.Benchmarks;

/// <summary>From a body in memory to a block that can be stored: what ingest costs without network and disk.</summary>
[MemoryDiagnoser]
public class IngestBenchmarks
{
    private byte[] _body = [];
    private IncomingEvents _parsed = null!;

    [Params(1, 100, 1000)]
    public int Events { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = SampleBodies.Array(Events);
        _parsed = SampleBodies.Parse(_body);
    }

    [GlobalCleanup]
    public void Cleanup() => _parsed.Dispose();

    [Benchmark]
    public int ParseAndIndex()
    {
        using var events = SampleBodies.Parse(_body);
        return events.Count;
    }

    [Benchmark]
    public int BuildBlock()
    {
        var block = EventBlock.Build(1, 0, 0, 0, [_parsed]);
        var length = block.Length;
        block.Release();
        return length;
    }
}
