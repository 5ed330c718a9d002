using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Certificates.CertificateEvents;

namespace Webhook.Actors.Certificates;

/// <summary>
/// The cluster's certificates: keeps keys (encrypted by whoever hands them over), certificates and who uses them, and warns before they expire. Answers only after
/// what it promises is stored.
/// </summary>
/// <remarks><code>
///  start, a change of the certificates, the next end of something: Look → warnings that are due, keys that waited too long → stored, logged → next Look, in a day at the latest
/// </code></remarks>
internal sealed class CertificateActor : UntypedPersistentActor, IWithTimers
{
    private readonly ExpiryBoard _board;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SnapshotSchedule _snapshots;
    private CertificateState _state = CertificateState.Empty;

    public CertificateActor(ExpiryBoard board, TimeProvider time)
    {
        _board = board;
        _time = time;
        _snapshots = new SnapshotSchedule(PersistenceId, Context.GetLogger(), upTo => DeleteMessages(upTo), DeleteSnapshots);
    }

    public override string PersistenceId => "certificates";

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="board">Of the node that the singleton is on.</param>
    public static Props Props(ExpiryBoard board, TimeProvider time) => Akka.Actor.Props.Create(() => new CertificateActor(board, time));

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: Snapshot snapshot }:
                _state = CertificateState.FromSnapshot(snapshot);
                break;
            case ICertificateEvent happened:
                _state = _state.Apply(happened);
                break;
            case RecoveryCompleted:
                _log.Info("There are {Certificates} certificates, and {Keys} keys that wait for theirs", _state.Certificates.Count, _state.Keys.Count);
                Show();
                Self.Tell(Look.Instance);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CertificateProtocol.ICommand command:
                var (events, reply) = _state.Decide(command, Now);
                Store(events, Sender, reply);
                break;
            case CertificateUse.ICommand command:
                var (changes, answer) = _state.Decide(command, Now);
                Store(changes, Sender, answer);
                break;
            case Look:
                var due = _state.Due(Now);
                if (due.Length > 0) PersistAll(due, Apply);
                Timers.StartSingleTimer(Look.Instance, Look.Instance, _state.UntilNextDue(Now));
                break;
            default:
                if (!_snapshots.Handle(message)) Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _board.Show([]);
        base.PostStop();
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private void Store(ImmutableArray<ICertificateEvent> events, IActorRef requester, object reply)
    {
        if (events is not [.., var last])
        {
            requester.Tell(reply);
            return;
        }

        PersistAll(events, happened =>
        {
            Apply(happened);
            if (ReferenceEquals(happened, last)) requester.Tell(reply);
        });
    }

    private void Apply(ICertificateEvent happened)
    {
        Tell(happened);
        _state = _state.Apply(happened);
        Show();
        if (happened is Added or Renewed or KeyKept) Self.Tell(Look.Instance);
        if (_snapshots.Count()) SaveSnapshot(_state.ToSnapshot());
    }

    // Before it is applied: what is gone afterwards still has its name.
    private void Tell(ICertificateEvent happened)
    {
        switch (happened)
        {
            case Added { Certificate: var added }:
                _log.Info("Certificate {Certificate} '{Name}' ({Usage}) was added; it expires at {End:u}", added.Id, added.Name, added.Usage, added.Content.NotAfter);
                break;
            case Renewed { Certificate: var renewed }:
                _log.Info("Certificate {Certificate} '{Name}' ({Usage}) was renewed; it expires at {End:u}", renewed.Id, renewed.Name, renewed.Usage, renewed.Content.NotAfter);
                break;
            case Deleted deleted:
                _log.Info("Certificate {Certificate} '{Name}' was deleted", deleted.Id, _state.Certificates[deleted.Id].Name);
                break;
            case KeyDropped { Expired: true } dropped:
                _log.Warning("The key {PublicKey} has waited {Days} days for its certificate and is dropped; make a new CSR", dropped.PublicKey, CertificateState.KeyLifetime.Days);
                break;
            case KeyDropped dropped:
                _log.Warning(
                    "The key {PublicKey} is dropped: more than {Limit} wait for their certificate, and it was the oldest; make a new CSR if you still need it",
                    dropped.PublicKey, CertificateState.MaxKeys);
                break;
            case ExpiryWarned warned:
                Warn(_state.Certificates[warned.Id], warned.Stage);
                break;
        }
    }

    private void Warn(StoredCertificate certificate, ExpiryStage stage)
    {
        var users = _state.UsersOf(certificate.Id);
        _log.Warning(
            "Certificate {Certificate} '{Name}' {Expires} {End:u}; renew it with PUT /secure/certman/v1/certificates/ID. Used by integrations: {Users}",
            certificate.Id, certificate.Name, stage == ExpiryStage.Expired ? "expired at" : "expires at", certificate.Content.NotAfter,
            users.Count == 0 ? "none" : string.Join(", ", users));
    }

    private void Show() =>
        _board.Show([.. _state.Certificates.Values.Select(c => new ShownCertificate(c.Id, c.Name, c.Usage, c.Content.NotAfter, _state.UsersOf(c.Id).Count > 0))]);

    private sealed record Look : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static readonly Look Instance = new();
    }
}
