using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;

namespace Webhook.Benchmarks;

/// <summary>From a block to a body: splicing a timestamp into each event of a batch.</summary>
[MemoryDiagnoser]
public class SpliceBenchmarks
{
    private const int Events = 1000;
    private EventBlock _block = null!;
    private byte[] _destination = [];

    /// <summary>The events hold nanoseconds: that resolution copies, every other rewrites.</summary>
    [Params(TimestampResolution.Nanoseconds, TimestampResolution.Seconds)]
    public TimestampResolution Resolution { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var parsed = SampleBodies.Parse(SampleBodies.Array(Events));
        _block = EventBlock.Build(1, 0, 0, 0, [parsed]);
        _destination = new byte[_block.Length + (Events * TimestampText.MaxGrowth)];
    }

    [GlobalCleanup]
    public void Cleanup() => _block.Release();

    [Benchmark(OperationsPerInvoke = Events)]
    public int Splice()
    {
        var written = 0;
        var entries = _block.Entries;
        for (var i = 0; i < entries.Length; i++)
            written += TimestampText.Write(_block.Event(i), entries[i], Resolution, _destination.AsSpan(written));
        return written;
    }
}
