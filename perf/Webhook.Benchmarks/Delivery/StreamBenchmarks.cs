using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Benchmarks.Samples;

namespace Webhook.Benchmarks.Delivery;

/// <summary>
/// The whole way but for the HTTP of ingest: bodies are parsed, committed, and delivered by a lane, signed, until the receiver has answered for all of
/// them; several deliveries at once, as the lane finds best.
/// </summary>
[MemoryDiagnoser]
public class StreamBenchmarks
{
    private const int TailBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private BenchmarkLog _log = null!;
    private ReceiverProcess _receiver = null!;
    private ActorSystem _system = null!;
    private DeliveredEvents _delivered = null!;
    private byte[] _body = [];

    [Params(1, 100, 1000)]
    public int PerRequest { get; set; }

    [Params(100, 1000)]
    public int PerBatch { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _body = SampleEvents.Body(PerRequest);
        _log = new BenchmarkLog(TailBytes);
        _delivered = new DeliveredEvents();
        _receiver = await ReceiverProcess.StartAsync();
        _system = SampleSystem.Create();
        var services = new LaneServices(
            _log.Reader, _log.Cursors, _log.DeadLetters, _log.Attempts, SampleServices.Create(_log.Metrics), new LaneGauges(_log.Reader, TimeProvider.System, _log.Metrics), Deadline);
        var lane = _system.ActorOf(LaneActor.Props(SampleEvents.Lane, services, ActorRefs.Nobody));
        await lane.Ask<LaneProtocol.Opened>(new LaneProtocol.Open(SampleEvents.Lane), Deadline);
        lane.Tell(new LaneProtocol.Run(SampleEvents.Lane, 1, SampleEvents.Settings(_receiver.Address, PerBatch)));
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _system.Terminate();
        _delivered.Dispose();
        await _log.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = SampleEvents.PerInvocation)]
    public async Task ParseToReceiver()
    {
        var all = _delivered.Await(SampleEvents.PerInvocation);
        await _log.AppendAsync(SampleEvents.PerInvocation / PerRequest, () => SampleEvents.Parse(_body));
        await all.WaitAsync(Deadline);
    }
}
