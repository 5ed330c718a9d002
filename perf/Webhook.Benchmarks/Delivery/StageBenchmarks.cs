using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Delivery;

/// <summary>
/// The stages of a lane's stream on their own: the source, and behind it the one that makes batches. Each invocation runs a stream from its start to its end, long enough that
/// making it is next to nothing for one event.
/// </summary>
[MemoryDiagnoser]
public class StageBenchmarks
{
    private const int Events = 50_000;
    private const int PerBlock = 100;
    private const int PerBatch = 1000;
    private const int TailBytes = 128 * 1024 * 1024;

    private BenchmarkLog _log = null!;
    private ActorSystem _system = null!;
    private ActorMaterializer _materializer = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _log = new BenchmarkLog(TailBytes, TimeSpan.Zero);
        await _log.FillAsync(Events, PerBlock);
        _system = SampleSystem.Create();
        _materializer = _system.Materializer();
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _system.Terminate();
        await _log.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public Task Source() => FromLog().RunForeach(static run => run.Release(), _materializer);

    [Benchmark(OperationsPerInvoke = Events)]
    public Task SourceAndGroupedWithin()
    {
        var settings = SampleEvents.Settings(new Uri("http://127.0.0.1:9/hook"), PerBatch);
        var from = Cursor.At(_log.Bounds.Tail);
        return FromLog()
            .Via(new GroupedWithinStage(() => new BatchBuilder(SampleEvents.Lane, settings, from), TimeSpan.FromMilliseconds(settings.Delivery.MaxBatchDelayMs), _log.Metrics))
            .RunForeach(static batch => batch.Dispose(), _materializer);
    }

    private Source<EventRun, NotUsed> FromLog() =>
        Akka.Streams.Dsl.Source.FromGraph(new EventLogSource(_log.Reader, 0, _log.Bounds.Tail, _log.Bounds.Head));
}
