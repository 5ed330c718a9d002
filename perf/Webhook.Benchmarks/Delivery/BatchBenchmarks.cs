using BenchmarkDotNet.Attributes;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Delivery;

/// <summary>From a block to the finished bodies of batches.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private EventBlock _block = null!;
    private BatchBuilder _builder = null!;

    [Params(1, 100, 1000)]
    public int PerBatch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _block = SampleEvents.Block(SampleEvents.PerInvocation);
        _builder = BatchCutting.Builder(_block, PerBatch);
    }

    [GlobalCleanup]
    public void Cleanup() => _block.Release();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Batch() => BatchCutting.CutAll(_block, _builder);
}

/// <summary>What an integration did not ask for.</summary>
[MemoryDiagnoser]
public class FilterBenchmarks
{
    private EventBlock _block = null!;
    private BatchBuilder _builder = null!;

    [GlobalSetup]
    public void Setup()
    {
        _block = SampleEvents.Block(SampleEvents.PerInvocation);
        _builder = BatchCutting.Builder(_block, SampleEvents.PerInvocation, static settings => settings with { Channels = ["ACTIVITY_AUDIT"] });
    }

    [GlobalCleanup]
    public void Cleanup() => _block.Release();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Filter() => BatchCutting.CutAll(_block, _builder);
}

/// <summary>The formats of a body, with timestamps to rewrite.</summary>
[MemoryDiagnoser]
public class EncodeBenchmarks
{
    private EventBlock _block = null!;
    private BatchBuilder _builder = null!;

    [Params(PayloadFormat.Json, PayloadFormat.Ndjson)]
    public PayloadFormat Format { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _block = SampleEvents.Block(SampleEvents.PerInvocation);
        _builder = BatchCutting.Builder(_block, SampleEvents.PerInvocation, settings => settings with { Output = Format, TimestampResolution = TimestampResolution.Seconds });
    }

    [GlobalCleanup]
    public void Cleanup() => _block.Release();

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public int Encode() => BatchCutting.CutAll(_block, _builder);
}

internal static class BatchCutting
{
    public static BatchBuilder Builder(EventBlock block, int perBatch, Func<IntegrationSettings, IntegrationSettings>? configure = null)
    {
        var settings = SampleEvents.Settings(new Uri("http://127.0.0.1:9/hook"), perBatch);
        return new BatchBuilder(SampleEvents.Lane, configure?.Invoke(settings) ?? settings, Cursor.At(block.FirstSequence));
    }

    /// <returns>Bytes of the bodies.</returns>
    public static int CutAll(EventBlock block, BatchBuilder builder)
    {
        var run = new EventRun(block, 0, block.Count);
        var bytes = 0;
        while (!run.IsExhausted)
        {
            builder.Add(run);
            using var batch = builder.Close();
            bytes += batch.Length;
        }

        return bytes;
    }
}
