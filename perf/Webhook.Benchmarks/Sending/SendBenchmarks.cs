using BenchmarkDotNet.Attributes;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Sending;

/// <summary>An attempt, from the batch to the receiver's answer: one after the other over one connection, signed.</summary>
[MemoryDiagnoser]
public class SendBenchmarks
{
    private readonly WebhookMetrics _metrics = new();
    private ReceiverProcess _receiver = null!;
    private AttemptSender _sender = null!;
    private Batch _batch = null!;
    private EncodedBody _body = null!;

    [Params(1, 100, 1000)]
    public int PerBatch { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _receiver = await ReceiverProcess.StartAsync();
        _sender = new AttemptSender(SampleEvents.Settings(_receiver.Address), SampleServices.Create(_metrics), connections: 1);
        _batch = SampleEvents.Batch(PerBatch);
        _body = EncodedBody.Encode(_batch.Body, RequestCompression.None);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _body.Dispose();
        _batch.Dispose();
        _sender.Dispose();
        _metrics.Dispose();
        await _receiver.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public async Task Send()
    {
        for (var i = 0; i < SampleEvents.PerInvocation; i += PerBatch)
        {
            var result = await _sender.AttemptAsync(_batch, _body, CancellationToken.None);
            if (result.Outcome != AttemptOutcome.Delivered) throw new InvalidOperationException($"The receiver did not take the batch: {result.Error}");
        }
    }
}
