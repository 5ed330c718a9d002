using BenchmarkDotNet.Attributes;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Benchmarks.Samples;
using Webhook.Server.Producing;

namespace Webhook.Benchmarks.Sending;

/// <summary>The request of one attempt, signed, and what the delivery log shows of its headers; nothing is sent.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private static readonly IntegrationSettings Settings = SampleEvents.Settings(new Uri("http://127.0.0.1:9/hook"));
    private static readonly Credentials Credentials = Credentials.Open(Settings, PlainSecrets.Instance);

    private Batch _batch = null!;
    private EncodedBody _body = null!;

    [Params(1, 100, 1000)]
    public int PerBatch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _batch = SampleEvents.Batch(PerBatch);
        _body = EncodedBody.Encode(_batch.Body, RequestCompression.None);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _body.Dispose();
        _batch.Dispose();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Create()
    {
        var headers = 0;
        for (var i = 0; i < SampleEvents.PerInvocation; i += PerBatch)
        {
            using var request = DeliveryRequest.Create(Settings, Credentials, _batch, _body, DateTimeOffset.UnixEpoch, new StageTrace(TimeProvider.System));
            headers += DeliveryRequest.Describe(request, Credentials).Count;
        }

        return headers;
    }
}
