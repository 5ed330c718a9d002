using System.Buffers;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Why a batch was closed.</summary>
internal enum FlushReason
{
    Events,
    Bytes,
    Time,
    End,
}

/// <summary>A stretch of one partition.</summary>
/// <param name="From">First sequence in it.</param>
/// <param name="To">First sequence after it.</param>
internal readonly record struct SequenceRange(long From, long To);

/// <summary>
/// Consecutive events of one integration, encoded as the body of one request. It covers more than it holds: also the events before and between its own that
/// the integration did not ask for. With <see cref="Events"/> 0 it says only that there was nothing to send up to <see cref="SequenceRange.To"/>.
/// </summary>
/// <remarks>
/// Owns its body, which comes from <see cref="ArrayPool{T}.Shared"/>. Whoever holds the batch disposes it once no request reads from the body any more; one
/// that dies with its stream costs only the reuse of the memory.
/// </remarks>
internal sealed class Batch(byte[] body, int length) : IDisposable
{
    private byte[]? _body = body;

    public required IntegrationId Integration { get; init; }

    /// <summary><c>webhook-id</c>: the same on every attempt, and after a restart that cuts the same batch.</summary>
    public required string Id { get; init; }

    public required int Partition { get; init; }

    public required int Events { get; init; }

    public required long FirstSequence { get; init; }

    public required long LastSequence { get; init; }

    public required SequenceRange Covers { get; init; }

    /// <summary>When the first event covered was stored, in nanoseconds since the Unix epoch.</summary>
    public required long StoredAtNanoseconds { get; init; }

    public int Length => length;

    /// <summary>The body in one contiguous piece; valid until <see cref="Dispose"/>.</summary>
    public ArraySegment<byte> Body => new(_body ?? throw new ObjectDisposedException(nameof(Batch), $"Batch {Id} has given its body back."), 0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _body, null) is { Length: > 0 } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
