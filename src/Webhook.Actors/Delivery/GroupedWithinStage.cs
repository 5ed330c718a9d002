using Akka.Streams;
using Akka.Streams.Stage;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Akka's groupedWithin for runs of events, limited by events, bytes and time. Unlike the stock stage its timer starts with the first event of a batch, so an
/// idle stream costs nothing, and it hands over what it holds when upstream ends, fails or is switched off.
/// </summary>
/// <remarks>
/// <para>A batch is closed when it is full, when its time is up, or at the end. One whose time is up before there is demand goes on filling; a full one stops
/// pulling. With no delay at all, a batch ends where upstream has nothing more at hand. One that was cut before is closed when it is whole, and never otherwise.</para>
/// <para>Stretches without an event to send become empty batches, at most one a second, so that cursors move and the log can be trimmed.</para>
/// </remarks>
internal sealed class GroupedWithinStage(Func<BatchBuilder> builder, TimeSpan delay, WebhookMetrics metrics)
    : GraphStage<FlowShape<EventRun, Batch>>
{
    private static readonly TimeSpan EmptyBatchInterval = TimeSpan.FromSeconds(1);

    private readonly Inlet<EventRun> _in = new("GroupedWithin.in");
    private readonly Outlet<Batch> _out = new("GroupedWithin.out");

    public override FlowShape<EventRun, Batch> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, builder(), delay, metrics);

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string BatchTimer = "batch";
        private const string EmptyTimer = "empty";

        private readonly GroupedWithinStage _stage;
        private readonly BatchBuilder _builder;
        private readonly TimeSpan _delay;
        private readonly WebhookMetrics _metrics;
        private readonly Action<long> _nothingAtHand;

        // What is left of the run that filled the batch.
        private EventRun? _run;
        private bool _isDue;
        private bool _isEmptyDue;
        private bool _hasEnded;
        private Exception? _failure;
        private long _pushes;

        public Logic(GroupedWithinStage stage, BatchBuilder builder, TimeSpan delay, WebhookMetrics metrics)
            : base(stage.Shape)
        {
            _stage = stage;
            _builder = builder;
            _delay = delay;
            _metrics = metrics;
            _nothingAtHand = GetAsyncCallback<long>(OnNothingAtHand);
            SetHandler(stage._in, onPush: OnPush, onUpstreamFinish: () => End(null), onUpstreamFailure: End);
            SetHandler(stage._out, onPull: Advance);
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop()
        {
            _run?.Release();
            _builder.Discard();
        }

        protected override void OnTimer(object timerKey)
        {
            if ((string)timerKey == BatchTimer) _isDue = true;
            else _isEmptyDue = true;
            Advance();
        }

        private void OnPush()
        {
            _pushes++;
            _run = Grab(_stage._in);
            Advance();
        }

        private void End(Exception? failure)
        {
            _hasEnded = true;
            _failure = failure;
            Advance();
        }

        private void OnNothingAtHand(long pushes)
        {
            if (pushes != _pushes) return;
            _isDue = true;
            Advance();
        }

        // 1. fill the batch; 2. hand it over if it is time and somebody wants it; 3. see to what comes next: more events, the timers, the end.
        private void Advance()
        {
            Fill();
            while (IsAvailable(_stage._out) && Ripe() is { } reason)
            {
                Hand(reason);
                Fill();
            }

            if (_run is not null) return;
            if (_hasEnded)
            {
                if (_builder.IsResuming) _builder.Discard();
                if (!_builder.HasPassed) Leave();
                return;
            }

            if (_builder.Full is null) PullMore();
        }

        private void Fill()
        {
            if (_run is null || _builder.Full is not null) return;
            var wasEmpty = _builder.Events == 0;
            _builder.Add(_run);
            if (_run.IsExhausted)
            {
                _run.Release();
                _run = null;
            }

            if (wasEmpty && _builder.Events > 0) StartBatchTimer();
            else if (_builder.Events == 0 && !_isEmptyDue && !IsTimerActive(EmptyTimer)) ScheduleOnce(EmptyTimer, EmptyBatchInterval);
        }

        private void StartBatchTimer()
        {
            CancelTimer(EmptyTimer);
            _isEmptyDue = false;
            // A full batch needs none: under load nothing is ever scheduled.
            if (_delay > TimeSpan.Zero && _builder.Full is null) ScheduleOnce(BatchTimer, _delay);
        }

        private FlushReason? Ripe() => this switch
        {
            { _builder.Full: { } full } => full,
            { _builder.IsResuming: true } => null,
            { _builder.Events: > 0, _isDue: true } => FlushReason.Time,
            { _builder.HasPassed: true, _hasEnded: true, _run: null } => FlushReason.End,
            { _builder.HasPassed: true, _isEmptyDue: true, _builder.Events: 0 } => FlushReason.Time,
            _ => null,
        };

        private void Hand(FlushReason reason)
        {
            var batch = _builder.Close();
            CancelTimer(BatchTimer);
            _isDue = false;
            _isEmptyDue = false;
            if (batch.Events > 0) _metrics.BatchClosed(reason.ToString().ToLowerInvariant(), batch.Events);
            Push(_stage._out, batch);
        }

        private void PullMore()
        {
            if (!HasBeenPulled(_stage._in)) Pull(_stage._in);
            // What upstream has at hand arrives before this message to ourselves does.
            if (_delay == TimeSpan.Zero && _builder.Events > 0 && !_isDue) _nothingAtHand(_pushes);
        }

        private void Leave()
        {
            if (_failure is null) CompleteStage();
            else FailStage(_failure);
        }
    }
}
