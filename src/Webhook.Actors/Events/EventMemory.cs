using System.Buffers;
using System.Numerics;

namespace Webhook.Actors.Events;

/// <summary>Arrays for bodies and blocks, pooled where that saves work and bounded where it would cost memory.</summary>
/// <remarks>
/// The shared pool keeps an array of each size for every thread, which is right for small ones. Large ones are rented on one thread and given back on another, and would pile up: up to
/// 8 MiB they come from a pool of their own, of 8 of each size. Of what is larger still, where a body inflates to its limit, the largest of each power of two is kept: ten compression bombs in
/// a row cost the memory of one, also when each encoding asks for a few bytes more or less; and a body as it was sent does not take the array that it is to be inflated into.
/// </remarks>
internal static class EventMemory
{
    /// <summary>Beyond it an array is exactly as long as asked for, or longer.</summary>
    public const int LargestPooled = 8 * 1024 * 1024;

    private const int LargestShared = 2 * 1024 * 1024;
    private const int KeptOfEachSize = 8;
    private const int HugeStep = 1024 * 1024;

    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargestPooled, KeptOfEachSize);

    // By the logarithm of their lengths.
    private static readonly byte[]?[] Spares = new byte[]?[sizeof(int) * 8];

    public static byte[] Rent(int length)
    {
        if (length <= LargestShared) return ArrayPool<byte>.Shared.Rent(length);
        if (length <= LargestPooled) return Large.Rent(length);
        var rounded = length < Array.MaxLength - HugeStep ? (length + HugeStep - 1) / HugeStep * HugeStep : length;
        if (Interlocked.Exchange(ref SpareLike(rounded), null) is { } spare && spare.Length >= length) return spare;
        return GC.AllocateUninitializedArray<byte>(rounded);
    }

    /// <param name="array">Of <see cref="Rent"/>; given back once.</param>
    public static void Return(byte[] array)
    {
        if (array.Length <= LargestShared) ArrayPool<byte>.Shared.Return(array);
        else if (array.Length <= LargestPooled) Large.Return(array);
        else if (Volatile.Read(ref SpareLike(array.Length)) is not { } spare || spare.Length < array.Length) Volatile.Write(ref SpareLike(array.Length), array);
    }

    private static ref byte[]? SpareLike(int length) => ref Spares[BitOperations.Log2((uint)length)];
}
