using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Events;

/// <summary>From a block to a body: splicing a timestamp into each event of a batch.</summary>
[MemoryDiagnoser]
public class SpliceBenchmarks
{
    private EventBlock _block = null!;
    private byte[] _destination = [];

    /// <summary>The events hold nanoseconds: that resolution copies, every other rewrites.</summary>
    [Params(TimestampResolution.Nanoseconds, TimestampResolution.Seconds)]
    public TimestampResolution Resolution { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _block = SampleEvents.Block(SampleEvents.PerInvocation);
        _destination = new byte[_block.Length + (SampleEvents.PerInvocation * TimestampText.MaxGrowth)];
    }

    [GlobalCleanup]
    public void Cleanup() => _block.Release();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Splice()
    {
        var written = 0;
        var entries = _block.Entries;
        for (var i = 0; i < entries.Length; i++)
            written += TimestampText.Write(_block.Event(i), entries[i], Resolution, _destination.AsSpan(written));
        return written;
    }
}
