using BenchmarkDotNet.Attributes;
using Webhook.Actors.Sending;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Sending;

/// <summary>The signatures of a body.</summary>
[MemoryDiagnoser]
public class SignBenchmarks
{
    private const long UnixSeconds = 1_764_000_000;
    private static readonly byte[] Key = StandardWebhooksSignature.Key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private string _id = "";
    private byte[] _body = [];

    [Params(1, 100, 1000)]
    public int PerBatch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var batch = SampleEvents.Batch(PerBatch);
        _id = batch.Id;
        _body = batch.Body.ToArray();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int StandardWebhooks()
    {
        var length = 0;
        for (var i = 0; i < SampleEvents.PerInvocation; i += PerBatch) length += StandardWebhooksSignature.Sign(Key, _id, UnixSeconds, _body).Length;
        return length;
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int GitHub()
    {
        var length = 0;
        for (var i = 0; i < SampleEvents.PerInvocation; i += PerBatch) length += GitHubSignature.Sign(Key, _body).Length;
        return length;
    }
}
