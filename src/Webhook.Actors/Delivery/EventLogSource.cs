using Akka.Streams;
using Akka.Streams.Stage;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Reads one partition from a sequence on, for ever or up to another sequence: a recent block is taken from the shared tail at once, an older one read off the stream's thread, one read
/// at a time, and at the end of the log the stage sleeps until the writer wakes it.
/// </summary>
/// <remarks>
/// <code>
/// pull --block in the tail--> push
///   |--at the end asked for--> complete
///   |--behind the head, not in the tail--> Reading --block--> push
///   |                                         +-----nothing readable up to the head--> Waiting
///   +--at the head--> Waiting --woken--> as pulled
/// </code>
/// </remarks>
/// <param name="to">The first sequence that is not read any more.</param>
internal sealed class EventLogSource(EventLogReader reader, int partition, long from, long to = long.MaxValue) : GraphStage<SourceShape<EventRun>>
{
    private readonly Outlet<EventRun> _out = new("EventLogSource.out");

    public override SourceShape<EventRun> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, reader, partition, from, to);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly EventLogSource _stage;
        private readonly EventLogReader _reader;
        private readonly int _partition;
        private readonly long _to;
        private readonly CancellationTokenSource _stopped = new();
        private readonly Action _woken;
        private readonly Action<Exception?> _read;
        private long _next;

        // Written by the reading thread, emptied by whoever comes first: the stage, or the end of it. So no reference is lost.
        private EventBlock? _arrived;
        private long _headBeforeRead;

        public Logic(EventLogSource stage, EventLogReader reader, int partition, long from, long to)
            : base(stage.Shape)
        {
            _stage = stage;
            _reader = reader;
            _partition = partition;
            _next = from;
            _to = to;
            _woken = GetAsyncCallback(Advance);
            _read = GetAsyncCallback<Exception?>(OnRead);
            SetHandler(stage._out, this);
        }

        public override void OnPull() => Advance();

        public override void PostStop()
        {
            _stopped.Cancel();
            Interlocked.Exchange(ref _arrived, null)?.Release();
        }

        private void Advance()
        {
            if (_next >= _to)
            {
                CompleteStage();
                return;
            }

            if (_reader.TryReadTail(_partition, _next) is { } recent)
            {
                Emit(recent);
                return;
            }

            _headBeforeRead = _reader.Bounds(_partition).Head;
            if (_next < _headBeforeRead) _ = ReadAsync();
            else Wait(_next);
        }

        private async Task ReadAsync()
        {
            try
            {
                var block = await _reader.ReadAsync(_partition, _next, _stopped.Token).ConfigureAwait(false);
                Volatile.Write(ref _arrived, block);
                _read(null);
            }
            catch (Exception e)
            {
                _read(e);
            }

            if (_stopped.IsCancellationRequested) Interlocked.Exchange(ref _arrived, null)?.Release();
        }

        private void OnRead(Exception? failure)
        {
            if (failure is not null) FailStage(failure);
            else if (Interlocked.Exchange(ref _arrived, null) is { } block) Emit(block);
            // Nothing readable is left before the head, so the end of the log is damaged. Going on needs a later block.
            else Wait(_headBeforeRead);
        }

        private void Wait(long head)
        {
            if (!_reader.WaitFor(_partition, head, _woken)) _woken();
        }

        private void Emit(EventBlock block)
        {
            var start = block.BlockSequence == EventBlock.BlockOf(_next) ? EventBlock.IndexOf(_next) : 0;
            var end = block.LastSequence < _to ? block.Count : (int)Math.Max(0, _to - block.FirstSequence);
            _next = EventBlock.ToSequence(block.BlockSequence + 1, 0);
            if (start < end)
            {
                Push(_stage._out, new EventRun(block, start, end));
                return;
            }

            block.Release();
            CompleteStage();
        }
    }
}
