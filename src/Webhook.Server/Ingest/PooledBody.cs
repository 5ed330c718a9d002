using Webhook.Actors.Events;

namespace Webhook.Server.Ingest;

/// <summary>A body of bounded size in one array of <see cref="EventMemory"/>, which grows with what is really there and not with what a header claims.</summary>
/// <param name="expected">Its length, if that is known; 0 or less if not.</param>
internal sealed class PooledBody(int expected, int limit) : IDisposable
{
    // Most bodies fit at once, and one that only claims to be large costs no more than this.
    private const int MaxInitial = 1024 * 1024;
    private const int UnknownInitial = 16 * 1024;

    private byte[]? _array = EventMemory.Rent(expected > 0 ? Math.Min(expected, MaxInitial) : UnknownInitial);

    public int Length { get; private set; }

    public bool IsOverLimit => Length > limit;

    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBody));

    public ReadOnlySpan<byte> Bytes => Array.AsSpan(0, Length);

    /// <summary>Room for at least one more byte; one byte over the limit is let in, to tell that there are more.</summary>
    public Memory<byte> Free()
    {
        if (Length == Array.Length) Reserve((int)Math.Min(Array.Length * 2L, limit + 1L));
        return Array.AsMemory(Length, Math.Min(Array.Length, limit + 1) - Length);
    }

    public void Advance(int written) => Length += written;

    public void Shorten(int bytes) => Length -= bytes;

    /// <summary>Puts bytes behind the body that do not count as part of it.</summary>
    public void PutBehind(ReadOnlySpan<byte> bytes)
    {
        Reserve(Length + bytes.Length);
        bytes.CopyTo(Array.AsSpan(Length));
    }

    /// <summary>
    /// Makes the array at least this long. Beyond what is pooled the last step is taken at once, since memory that is not written to costs nothing: arrays between would be
    /// thrown away, and the one of the last step is that which the body before has given back.
    /// </summary>
    public void Reserve(int length)
    {
        var array = Array;
        if (array.Length >= length) return;
        var larger = EventMemory.Rent(length <= EventMemory.LargestPooled ? length : Math.Max(length, limit + 1));
        array.AsSpan(0, Length).CopyTo(larger);
        EventMemory.Return(array);
        _array = larger;
    }

    /// <summary>Hands the array over to somebody who gives it back to the pool.</summary>
    public void Detach() => _array = null;

    public void Dispose()
    {
        if (_array is { } array) EventMemory.Return(array);
        _array = null;
    }
}
