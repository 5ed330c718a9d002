using System.Buffers;
using System.Collections.Immutable;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Cuts batches: copies the events an integration asked for into one pooled body as they arrive, timestamps rewritten on the way, so that a waiting batch holds
/// on to no block. Pure but for the buffers; used by one stage, on one thread.
/// </summary>
/// <remarks>
/// <para>Bodies: <c>json = "[" event *("," event) "]"</c>, <c>ndjson = 1*(event LF)</c>. The limit on bytes is on the finished body; an event that alone is larger
/// goes alone.</para>
/// <para>Batches that were cut before, and may have been sent, come first and are cut as they were: by their own ends and channels, whatever the limits are now.</para>
/// </remarks>
internal sealed class BatchBuilder
{
    private const int SmallestBody = 4096;
    private const int SmallestIndex = 16;

    // Bytes of the smallest further event, "," and "{}": with less room than this a batch cannot grow.
    private const int SmallestFurther = 3;

    private readonly LaneId _lane;
    private readonly BatchKind _kind;
    private readonly string _idSuffix;
    private readonly PayloadFormat _output;
    private readonly TimestampResolution _resolution;
    private readonly int _maxEvents;
    private readonly int _maxBytes;
    private readonly ImmutableArray<string> _channels;
    private readonly Queue<Cut> _cuts;

    private bool[] _isWanted = new bool[4];
    private byte[] _body = [];
    private BatchEvent[] _index = [];
    private int _length;
    private int _lastLength = SmallestBody;
    private int _events;
    private int _lastEvents = SmallestIndex;
    private long _coversFrom;
    private long _coversTo;
    private long _storedAt;
    private long _eventsBefore;

    /// <param name="from">The first batch covers from the cursor on; its cuts come first.</param>
    public BatchBuilder(LaneId lane, IntegrationSettings settings, Cursor from, BatchKind kind = BatchKind.Delivery, string idSuffix = "")
    {
        _lane = lane;
        _kind = kind;
        _idSuffix = idSuffix;
        _output = settings.Output;
        _resolution = settings.TimestampResolution;
        _maxEvents = settings.Delivery.MaxBatchEvents;
        _maxBytes = settings.Delivery.MaxBatchBytes;
        _channels = [.. settings.Channels];
        _cuts = new Queue<Cut>(from.Cuts);
        _coversFrom = _coversTo = from.Sequence;
    }

    public int Events => _events;

    /// <summary>true: events have passed that no batch covers yet, whether there is one to send among them or not.</summary>
    public bool HasPassed => _coversTo > _coversFrom;

    /// <summary>true: the batch is one that was cut before; it is closed when it is whole and not sooner.</summary>
    public bool IsResuming => _cuts.Count > 0;

    /// <summary>Not null: the batch can take nothing more and must be closed before <see cref="Add"/> is called again.</summary>
    public FlushReason? Full { get; private set; }

    /// <summary>Takes events off <paramref name="run"/> until it is exhausted or the batch is full.</summary>
    public void Add(EventRun run)
    {
        var block = run.Block;
        var cut = IsResuming ? _cuts.Peek() : null;
        SelectChannels(block.Channels, cut);
        if (!HasPassed) (_storedAt, _eventsBefore) = (block.AppendedAtNanoseconds, block.EventsBefore + run.Next);
        var entries = block.Entries;
        var index = run.Next;
        var end = cut is null ? run.End : Math.Clamp(EndOf(cut, block), index, run.End);
        for (; index < end && Full is null; index++)
        {
            ref readonly var entry = ref entries[index];
            if (!_isWanted[entry.Channel]) continue;
            if (!TryAppend(block.Event(index), entry, EventBlock.ToSequence(block.BlockSequence, index))) break;
            if (cut is not null) continue;
            if (_events >= _maxEvents) Full = FlushReason.Events;
            else if (FinishedLength + SmallestFurther > _maxBytes) Full = FlushReason.Bytes;
        }

        run.Next = index;
        // The end of a block and the beginning of the next are the same place; written as the latter, so that a finished cursor equals the log's head.
        if (index > 0) _coversTo = Math.Max(_coversTo, index >= block.Count ? EventBlock.ToSequence(block.BlockSequence + 1, 0) : EventBlock.ToSequence(block.BlockSequence, index));
        if (cut is null || (_coversTo < cut.To && block.LastSequence < cut.To)) return;
        _coversTo = cut.To;
        Full = FlushReason.Resumed;
    }

    /// <summary>Ends the batch; with no event in it, it only says how far there was nothing to send. The next one begins where it ends.</summary>
    public Batch Close()
    {
        if (_output == PayloadFormat.Json && _events > 0) _body[_length++] = (byte)']';
        var cut = IsResuming ? _cuts.Dequeue() : null;
        var batch = new Batch(_body, _length, _index, _events)
        {
            Lane = _lane,
            Output = _output,
            Kind = _kind,
            IdSuffix = _idSuffix,
            Covers = new SequenceRange(_coversFrom, _coversTo),
            Channels = cut?.Channels ?? _channels,
            StoredAtNanoseconds = _storedAt,
            EventsBefore = _eventsBefore,
            FirstSequence = cut?.First ?? (_events == 0 ? 0 : _index[0].Sequence),
            LastSequence = cut?.Last ?? (_events == 0 ? 0 : _index[_events - 1].Sequence),
        };
        if (_events > 0) (_lastLength, _lastEvents) = (_length, _events);
        _body = [];
        _index = [];
        _length = 0;
        _events = 0;
        _coversFrom = _coversTo;
        Full = null;
        return batch;
    }

    /// <summary>Gives the buffers back; what was in them is read again from the cursor.</summary>
    public void Discard()
    {
        if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
        if (_index.Length > 0) ArrayPool<BatchEvent>.Shared.Return(_index);
        _body = [];
        _index = [];
        _length = 0;
        _events = 0;
        _coversTo = _coversFrom;
    }

    private int FinishedLength => _output == PayloadFormat.Ndjson ? _length : _length + 1;

    /// <summary>The index in the block at which the cut ends; negative or beyond the block where it ends elsewhere.</summary>
    private static int EndOf(Cut cut, EventBlock block) =>
        (int)Math.Clamp(cut.To - EventBlock.ToSequence(block.BlockSequence, 0), int.MinValue, int.MaxValue);

    /// <returns>false: it does not fit any more; the batch is full and unchanged.</returns>
    private bool TryAppend(ReadOnlySpan<byte> json, in EventEntry entry, long sequence)
    {
        var start = _length;
        Reserve(1 + json.Length + TimestampText.MaxGrowth + 1);
        if (_output == PayloadFormat.Json) _body[_length++] = _events == 0 ? (byte)'[' : (byte)',';
        var offset = _length;
        var written = _body.AsSpan(_length, TimestampText.Write(json, entry, _resolution, _body.AsSpan(_length)));
        _length += written.Length;
        if (_output == PayloadFormat.Ndjson)
        {
            BatchText.ToOneLine(written);
            _body[_length++] = (byte)'\n';
        }

        if (FinishedLength <= _maxBytes || _events == 0 || IsResuming)
        {
            _index[_events++] = new BatchEvent(sequence, offset);
            return true;
        }

        _length = start;
        Full = FlushReason.Bytes;
        return false;
    }

    // Doubling from the last batch's size: one rent of each per batch in steady state.
    private void Reserve(int more)
    {
        if (_length + more > _body.Length) Grow(ref _body, _length, Math.Max(_length + more, Math.Max(_lastLength + SmallestFurther, _body.Length * 2)));
        if (_events == _index.Length) Grow(ref _index, _events, Math.Max(_lastEvents, _index.Length * 2));
    }

    private static void Grow<T>(ref T[] array, int used, int atLeast)
    {
        var grown = ArrayPool<T>.Shared.Rent(atLeast);
        array.AsSpan(0, used).CopyTo(grown);
        if (array.Length > 0) ArrayPool<T>.Shared.Return(array);
        array = grown;
    }

    private void SelectChannels(IReadOnlyList<string> names, Cut? cut)
    {
        if (_isWanted.Length < names.Count) _isWanted = new bool[names.Count];
        var wanted = cut?.Channels ?? _channels;
        for (var i = 0; i < names.Count; i++) _isWanted[i] = cut is not { IsFinished: true } && wanted.Contains(names[i], StringComparer.Ordinal);
    }
}
