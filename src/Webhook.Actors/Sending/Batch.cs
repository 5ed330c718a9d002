using System.Buffers;
using System.Globalization;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Why a batch was closed.</summary>
internal enum FlushReason
{
    Events,
    Bytes,
    Time,
    End,

    /// <summary>It was cut before a restart and is sent as it was.</summary>
    Resumed,
}

/// <summary>What a batch is sent for.</summary>
internal enum BatchKind
{
    Delivery,

    /// <summary>Events that were delivered before; the header <c>X-Webhook-Replay</c> says so.</summary>
    Replay,

    /// <summary>A dead letter once more; the header <c>X-Webhook-Replay</c> says so.</summary>
    Redelivery,

    /// <summary>The sample of Test Integration.</summary>
    Test,
}

/// <summary>A stretch of one partition.</summary>
/// <param name="From">First sequence in it.</param>
/// <param name="To">First sequence after it.</param>
internal readonly record struct SequenceRange(long From, long To);

/// <summary>Where one event is: in the log, and in the body of its batch.</summary>
internal readonly record struct BatchEvent(long Sequence, int Offset);

/// <summary>
/// Consecutive events of one integration, encoded as the body of one request. It covers more than it holds: also the events before and between its own that
/// the integration did not ask for. With <see cref="Events"/> 0 it says only that there was nothing to send up to <see cref="SequenceRange.To"/>.
/// </summary>
/// <remarks>
/// Owns its body and index, which come from pools. Whoever holds the batch disposes it once no request reads from the body any more; one that dies with its
/// stream costs only the reuse of the memory.
/// </remarks>
internal sealed class Batch : IDisposable
{
    private readonly int _length;
    private readonly int _events;
    private byte[]? _body;
    private BatchEvent[] _index;

    /// <param name="body">Of <see cref="ArrayPool{T}.Shared"/>, as is <paramref name="index"/>; both are the batch's from here on.</param>
    public Batch(byte[] body, int length, BatchEvent[] index, int events)
    {
        _body = body;
        _length = length;
        _index = index;
        _events = events;
    }

    public required LaneId Lane { get; init; }

    public required PayloadFormat Output { get; init; }

    public required SequenceRange Covers { get; init; }

    /// <summary>What the integration asked for when the batch was cut.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>When the first event covered was stored, in nanoseconds since the Unix epoch.</summary>
    public required long StoredAtNanoseconds { get; init; }

    /// <summary>Events of the partition before the first one covered, as the log counts them; of a batch that is not cut from the log 0.</summary>
    public long EventsBefore { get; init; }

    public BatchKind Kind { get; init; }

    /// <summary>Sets apart what is sent again on purpose: a part of the identity, empty for a first delivery.</summary>
    public string IdSuffix { get; init; } = "";

    public int Events => _events;

    /// <summary>Of the first event; where that has left the log since the batch was cut, it is still the batch's identity.</summary>
    public required long FirstSequence { get; init; }

    public required long LastSequence { get; init; }

    /// <summary><c>webhook-id</c>: the same on every attempt, and after a restart: the events' place in the log is all there is in it.</summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture, $"msg_{Lane.Integration.Value}-{Lane.Partition}-{FirstSequence}-{LastSequence}{IdSuffix}");

    public int Length => _length;

    /// <summary>The body in one contiguous piece; valid until <see cref="Dispose"/>.</summary>
    public ArraySegment<byte> Body => new(_body ?? throw new ObjectDisposedException(nameof(Batch), $"Batch {Id} has given its body back."), 0, _length);

    public ReadOnlySpan<BatchEvent> Index => _index.AsSpan(0, _events);

    /// <summary>One event as it is in the body.</summary>
    public ReadOnlySpan<byte> EventAt(int index)
    {
        // Behind it stands a comma, a bracket or a line feed.
        var end = index + 1 < _events ? _index[index + 1].Offset - 1 : _length - 1;
        return Body.AsSpan(_index[index].Offset, end - _index[index].Offset);
    }

    /// <summary>A batch of its own of some of the events, body copied, which covers the stretch from its first event to the next one that is not in it.</summary>
    /// <remarks>The first part covers from where the whole does, the last one up to where it does: parts of a whole follow each other without a hole.</remarks>
    public Batch Part(int start, int count)
    {
        var end = start + count;
        var index = ArrayPool<BatchEvent>.Shared.Rent(count);
        var (from, to) = (_index[start].Offset, end < _events ? _index[end].Offset : _length);
        // A JSON body is [e,e,e]: the byte before each event and the one behind it are brackets or commas, and become brackets.
        var shift = Output == PayloadFormat.Json ? 1 : 0;
        var length = to - from + shift;
        var body = ArrayPool<byte>.Shared.Rent(length);
        Body.AsSpan(from - shift, length).CopyTo(body);
        if (Output == PayloadFormat.Json)
        {
            body[0] = (byte)'[';
            body[length - 1] = (byte)']';
        }

        for (var i = 0; i < count; i++) index[i] = new BatchEvent(_index[start + i].Sequence, _index[start + i].Offset - from + shift);
        return new Batch(body, length, index, count)
        {
            Lane = Lane,
            Output = Output,
            Covers = new SequenceRange(start == 0 ? Covers.From : _index[start].Sequence, end == _events ? Covers.To : _index[end].Sequence),
            FirstSequence = index[0].Sequence,
            LastSequence = index[count - 1].Sequence,
            Channels = Channels,
            StoredAtNanoseconds = StoredAtNanoseconds,
            EventsBefore = EventsBefore,
            Kind = Kind,
            IdSuffix = IdSuffix,
        };
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _body, null) is not { } rented) return;
        if (rented.Length > 0) ArrayPool<byte>.Shared.Return(rented);
        if (_index.Length > 0) ArrayPool<BatchEvent>.Shared.Return(_index);
        _index = [];
    }
}
