using BenchmarkDotNet.Attributes;
using Webhook.Actors.Events;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.EventLog;

/// <summary>From parsed requests to the answer that they are durable: up to 32 of an invocation's requests wait at once and share syncs.</summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int TailBytes = 4 * 1024 * 1024;

    private BenchmarkLog _log = null!;
    private IncomingEvents _request = null!;

    [Params(1, 100, 1000)]
    public int PerRequest { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _log = new BenchmarkLog(TailBytes);
        _request = SampleEvents.Parse(SampleEvents.Body(PerRequest));
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _request.Dispose();
        await _log.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public Task AppendAndCommit() => _log.AppendAsync(SampleEvents.PerInvocation / PerRequest, () => SampleEvents.Copy(_request));
}
