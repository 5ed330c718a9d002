using BenchmarkDotNet.Attributes;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Sending;

/// <summary>From the body of a batch to the bytes that go over the wire.</summary>
[MemoryDiagnoser]
public class CompressBenchmarks
{
    private Batch _batch = null!;

    [Params(1, 100, 1000)]
    public int PerBatch { get; set; }

    [Params(RequestCompression.Gzip, RequestCompression.Zstd)]
    public RequestCompression Compression { get; set; }

    [GlobalSetup]
    public void Setup() => _batch = SampleEvents.Batch(PerBatch);

    [GlobalCleanup]
    public void Cleanup() => _batch.Dispose();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Compress()
    {
        var bytes = 0;
        for (var i = 0; i < SampleEvents.PerInvocation; i += PerBatch)
        {
            using var body = EncodedBody.Encode(_batch.Body, Compression);
            bytes += body.Bytes.Count;
        }

        return bytes;
    }
}
