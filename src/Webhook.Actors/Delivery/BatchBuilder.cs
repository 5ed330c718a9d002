using System.Buffers;
using System.Globalization;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>
/// Cuts batches: copies the events an integration asked for into one pooled body as they arrive, timestamps rewritten on the way, so that a waiting batch holds
/// on to no block. Pure but for the buffer; used by one stage, on one thread.
/// </summary>
/// <remarks>
/// Bodies: <c>json = "[" event *("," event) "]"</c>, <c>ndjson = 1*(event LF)</c>. The limit on bytes is on the finished body; an event that alone is larger
/// goes alone.
/// </remarks>
internal sealed class BatchBuilder
{
    private const int SmallestBody = 4096;

    // Bytes of the smallest further event, "," and "{}": with less room than this a batch cannot grow.
    private const int SmallestFurther = 3;

    private readonly LaneId _lane;
    private readonly bool _isNdjson;
    private readonly TimestampResolution _resolution;
    private readonly int _maxEvents;
    private readonly int _maxBytes;
    private readonly HashSet<string> _channels;

    private bool[] _isWanted = new bool[4];
    private byte[] _body = [];
    private int _length;
    private int _lastLength = SmallestBody;
    private int _events;
    private long _first;
    private long _last;
    private long _coversFrom;
    private long _coversTo;
    private long _storedAt;

    /// <param name="from">The cursor: the first batch covers from here on.</param>
    public BatchBuilder(LaneId lane, IntegrationSettings settings, long from)
    {
        _lane = lane;
        _isNdjson = settings.Output == PayloadFormat.Ndjson;
        _resolution = settings.TimestampResolution;
        _maxEvents = settings.Delivery.MaxBatchEvents;
        _maxBytes = settings.Delivery.MaxBatchBytes;
        _channels = new HashSet<string>(settings.Channels, StringComparer.Ordinal);
        _coversFrom = _coversTo = from;
    }

    public int Events => _events;

    /// <summary>true: events have passed that no batch covers yet, whether there is one to send among them or not.</summary>
    public bool HasPassed => _coversTo > _coversFrom;

    /// <summary>Not null: the batch can take nothing more and must be closed before <see cref="Add"/> is called again.</summary>
    public FlushReason? Full { get; private set; }

    /// <summary>Takes events off <paramref name="run"/> until it is exhausted or the batch is full.</summary>
    public void Add(EventRun run)
    {
        var block = run.Block;
        SelectChannels(block.Channels);
        if (!HasPassed) _storedAt = block.AppendedAtNanoseconds;
        var entries = block.Entries;
        var index = run.Next;
        for (; index < entries.Length && Full is null; index++)
        {
            ref readonly var entry = ref entries[index];
            if (!_isWanted[entry.Channel]) continue;
            if (!TryAppend(block.Event(index), entry)) break;
            _last = EventBlock.ToSequence(block.BlockSequence, index);
            if (_events++ == 0) _first = _last;
            if (_events >= _maxEvents) Full = FlushReason.Events;
            else if (FinishedLength + SmallestFurther > _maxBytes) Full = FlushReason.Bytes;
        }

        run.Next = index;
        // The end of a block and the beginning of the next are the same place; written as the latter, so that a finished cursor equals the log's head.
        if (index > 0) _coversTo = Math.Max(_coversTo, run.IsExhausted ? EventBlock.ToSequence(block.BlockSequence + 1, 0) : EventBlock.ToSequence(block.BlockSequence, index));
    }

    /// <summary>Ends the batch; with no event in it, it only says how far there was nothing to send. The next one begins where it ends.</summary>
    public Batch Close()
    {
        if (!_isNdjson && _events > 0) _body[_length++] = (byte)']';
        var batch = new Batch(_body, _length)
        {
            Integration = _lane.Integration,
            Id = string.Create(CultureInfo.InvariantCulture, $"msg_{_lane.Integration.Value}-{_lane.Partition}-{_first}-{_last}"),
            Partition = _lane.Partition,
            Events = _events,
            FirstSequence = _first,
            LastSequence = _last,
            Covers = new SequenceRange(_coversFrom, _coversTo),
            StoredAtNanoseconds = _storedAt,
        };
        if (_events > 0) _lastLength = _length;
        _body = [];
        _length = 0;
        _events = 0;
        _first = _last = 0;
        _coversFrom = _coversTo;
        Full = null;
        return batch;
    }

    /// <summary>Gives the buffer back; what was in it is read again from the cursor.</summary>
    public void Discard()
    {
        if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
        _body = [];
    }

    private int FinishedLength => _isNdjson ? _length : _length + 1;

    /// <returns>false: it does not fit any more; the batch is full and unchanged.</returns>
    private bool TryAppend(ReadOnlySpan<byte> json, in EventEntry entry)
    {
        var start = _length;
        Reserve(1 + json.Length + TimestampText.MaxGrowth + 1);
        if (!_isNdjson) _body[_length++] = _events == 0 ? (byte)'[' : (byte)',';
        var written = _body.AsSpan(_length, TimestampText.Write(json, entry, _resolution, _body.AsSpan(_length)));
        _length += written.Length;
        if (_isNdjson)
        {
            ToOneLine(written);
            _body[_length++] = (byte)'\n';
        }

        if (FinishedLength <= _maxBytes || _events == 0) return true;
        _length = start;
        Full = FlushReason.Bytes;
        return false;
    }

    // Valid JSON has raw line breaks only between tokens, where a space says the same.
    private static void ToOneLine(Span<byte> json)
    {
        for (int at; (at = json.IndexOfAny((byte)'\r', (byte)'\n')) >= 0; json = json[(at + 1)..]) json[at] = (byte)' ';
    }

    // Doubling from the last batch's size: one rent per batch in steady state.
    private void Reserve(int more)
    {
        var needed = _length + more;
        if (needed <= _body.Length) return;
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(_lastLength + SmallestFurther, _body.Length * 2)));
        _body.AsSpan(0, _length).CopyTo(grown);
        if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
        _body = grown;
    }

    private void SelectChannels(IReadOnlyList<string> names)
    {
        if (_isWanted.Length < names.Count) _isWanted = new bool[names.Count];
        for (var i = 0; i < names.Count; i++) _isWanted[i] = _channels.Contains(names[i]);
    }
}
