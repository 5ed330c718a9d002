using System.Buffers;

namespace Webhook.Actors.Events;

/// <summary>Arrays for bodies and blocks, pooled where that saves work and bounded where it would cost memory.</summary>
/// <remarks>
/// The shared pool keeps an array of each size for every thread, which is right for small ones. Large ones are rented on one thread and given back on another, and would pile up: up to
/// 8 MiB they come from a pool of their own, of 8 of each size. Of what is larger still, where a body inflates to its limit, the largest is kept: ten compression bombs in a row cost the memory
/// of one, also when each encoding asks for a few bytes more or less.
/// </remarks>
internal static class EventMemory
{
    /// <summary>Beyond it an array is exactly as long as asked for, or longer.</summary>
    public const int LargestPooled = 8 * 1024 * 1024;

    private const int LargestShared = 2 * 1024 * 1024;
    private const int KeptOfEachSize = 8;
    private const int HugeStep = 1024 * 1024;

    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargestPooled, KeptOfEachSize);
    private static byte[]? _spare;

    public static byte[] Rent(int length)
    {
        if (length <= LargestShared) return ArrayPool<byte>.Shared.Rent(length);
        if (length <= LargestPooled) return Large.Rent(length);
        if (Interlocked.Exchange(ref _spare, null) is { } spare && spare.Length >= length) return spare;
        return GC.AllocateUninitializedArray<byte>(length < Array.MaxLength - HugeStep ? (length + HugeStep - 1) / HugeStep * HugeStep : length);
    }

    /// <param name="array">Of <see cref="Rent"/>; given back once.</param>
    public static void Return(byte[] array)
    {
        if (array.Length <= LargestShared) ArrayPool<byte>.Shared.Return(array);
        else if (array.Length <= LargestPooled) Large.Return(array);
        else if (Volatile.Read(ref _spare) is not { } spare || spare.Length < array.Length) Volatile.Write(ref _spare, array);
    }
}
