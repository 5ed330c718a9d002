using Webhook.Actors.Events;

namespace Webhook.Server.Ingest;

/// <summary>A body of bounded size in one array of <see cref="EventMemory"/>, which grows with what is really there and not with what a header claims.</summary>
internal sealed class PooledBody(int expected, int limit) : IDisposable
{
    // Most bodies fit at once, and one that only claims to be large costs no more than this.
    private const int MaxInitial = 1024 * 1024;
    private const int MinInitial = 16 * 1024;

    private byte[]? _array = EventMemory.Rent(Math.Clamp(expected, MinInitial, MaxInitial));

    public int Length { get; private set; }

    public bool IsOverLimit => Length > limit;

    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBody));

    public ReadOnlySpan<byte> Bytes => Array.AsSpan(0, Length);

    /// <summary>Room for at least one more byte; one byte over the limit is let in, to tell that there are more.</summary>
    public Memory<byte> Free()
    {
        if (Length == Array.Length) Reserve(NextSize());
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

    /// <summary>Makes the array at least this long.</summary>
    public void Reserve(int length)
    {
        var array = Array;
        if (array.Length >= length) return;
        var larger = EventMemory.Rent(length);
        array.AsSpan(0, Length).CopyTo(larger);
        EventMemory.Return(array);
        _array = larger;
    }

    /// <summary>Doubles; beyond what is pooled in steps the last step is taken at once, since memory that is not written to costs nothing.</summary>
    private int NextSize() => Array.Length >= EventMemory.LargestPooled ? limit + 1 : Math.Min(Array.Length * 2, limit + 1);

    /// <summary>Hands the array over to somebody who gives it back to the pool.</summary>
    public void Detach() => _array = null;

    public void Dispose()
    {
        if (_array is { } array) EventMemory.Return(array);
        _array = null;
    }
}
