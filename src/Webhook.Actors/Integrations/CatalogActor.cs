using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using static Webhook.Actors.Integrations.CatalogProtocol;

namespace Webhook.Actors.Integrations;

/// <summary>
/// The cluster's one list of integrations. It also wakes them: every one after a start and every ten seconds, in portions, so that an integration whose node died
/// delivers again from another.
/// </summary>
/// <remarks><code>
///  every 10 s: Round → all ids are queued (unless a round still runs)
///  every 50 ms while ids are queued: Portion → Wake to the next 200
/// </code></remarks>
internal sealed class CatalogActor : UntypedPersistentActor, IWithTimers
{
    public const int PortionSize = 200;

    public static readonly TimeSpan RoundInterval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan PortionInterval = TimeSpan.FromMilliseconds(50);

    private readonly IActorRef _integrations;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SnapshotSchedule _snapshots;
    private readonly Queue<long> _toWake = new();
    private CatalogState _state = CatalogState.Empty;

    public CatalogActor(IActorRef integrations, TimeProvider time)
    {
        _integrations = integrations;
        _time = time;
        _snapshots = new SnapshotSchedule(PersistenceId, Context.GetLogger(), upTo => DeleteMessages(upTo), DeleteSnapshots);
    }

    public override string PersistenceId => "catalog";

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="integrations">The integrations' region.</param>
    public static Props Props(IActorRef integrations, TimeProvider time) => Akka.Actor.Props.Create(() => new CatalogActor(integrations, time));

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: CatalogEvents.Snapshot snapshot }:
                _state = CatalogState.FromSnapshot(snapshot);
                break;
            case ICatalogEvent happened:
                _state = _state.Apply(happened);
                break;
            case RecoveryCompleted:
                _log.Info("The catalog holds {Integrations} integrations", _state.Entries.Count);
                Timers.StartPeriodicTimer(Tick.Round, Tick.Round, TimeSpan.Zero, RoundInterval);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ICatalogCommand command:
                var (happened, reply) = _state.Decide(command, _time.GetUtcNow());
                Store(happened, reply);
                break;
            case Tick { Name: nameof(Tick.Round) } when _toWake.Count == 0:
                foreach (var id in _state.Entries.Keys) _toWake.Enqueue(id);
                WakePortion();
                break;
            case Tick { Name: nameof(Tick.Portion) }:
                WakePortion();
                break;
            case IntegrationProtocol.NotFound missing:
                Drop(missing.Integration);
                break;
            case Tick:
                // The last round still runs.
                break;
            default:
                if (!_snapshots.Handle(message)) Unhandled(message);
                break;
        }
    }

    private void Store(ICatalogEvent? happened, ICatalogReply reply)
    {
        if (happened is null)
        {
            Sender.Tell(reply);
            return;
        }

        Persist(happened, stored =>
        {
            Apply(stored);
            Sender.Tell(reply);
        });
    }

    private void Apply(ICatalogEvent happened)
    {
        _state = _state.Apply(happened);
        if (_snapshots.Count()) SaveSnapshot(_state.ToSnapshot());
    }

    private void Drop(IntegrationId id)
    {
        if (_state.Missing(id, _time.GetUtcNow()) is not { } removed) return;
        _log.Warning("Integration {Integration} '{Name}' is in the catalog but does not exist; it is dropped", id, _state.Entries[id.Value].Name);
        Persist(removed, Apply);
    }

    private void WakePortion()
    {
        for (var i = 0; i < PortionSize && _toWake.TryDequeue(out var id); i++)
            _integrations.Tell(new IntegrationProtocol.Wake(new IntegrationId(id)));
        if (_toWake.Count > 0) Timers.StartSingleTimer(Tick.Portion, Tick.Portion, PortionInterval);
    }

    private sealed record Tick(string Name) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static readonly Tick Round = new(nameof(Round));
        public static readonly Tick Portion = new(nameof(Portion));
    }
}
