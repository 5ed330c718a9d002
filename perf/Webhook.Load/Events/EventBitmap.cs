using System.Numerics;
using System.Runtime.InteropServices;

namespace Webhook.Load.Events;

/// <summary>One bit for each event of a run. Not thread-safe.</summary>
internal sealed class EventBitmap
{
    private ulong[] _words;

    public EventBitmap() => _words = new ulong[1 << 10];

    public EventBitmap(ReadOnlySpan<byte> bytes) => _words = MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();

    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<ulong>(_words);

    /// <returns>False if it was set already.</returns>
    public bool TrySet(long number)
    {
        ref var word = ref Word(number);
        var bit = 1UL << (int)(number & 63);
        if ((word & bit) != 0) return false;
        word |= bit;
        return true;
    }

    public void SetRange(long first, int count)
    {
        for (var number = first; number < first + count;)
        {
            var bits = (int)Math.Min(64 - (number & 63), first + count - number);
            Word(number) |= (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << (int)(number & 63);
            number += bits;
        }
    }

    public long Count => CountWithout(new EventBitmap());

    /// <summary>How many are set here and not there.</summary>
    public long CountWithout(EventBitmap there)
    {
        var count = 0L;
        for (var i = 0; i < _words.Length; i++) count += BitOperations.PopCount(_words[i] & ~(i < there._words.Length ? there._words[i] : 0));
        return count;
    }

    /// <summary>The same without each so many-th; 0: the same.</summary>
    public EventBitmap WithoutEvery(int each)
    {
        var rest = new EventBitmap(Bytes);
        if (each > 0)
        {
            for (var number = 0L; number < rest._words.Length * 64L; number += each) rest._words[number >> 6] &= ~(1UL << (int)(number & 63));
        }

        return rest;
    }

    private ref ulong Word(long number)
    {
        var word = number >> 6;
        if (word >= _words.Length) Array.Resize(ref _words, (int)Math.Max(word + 1, _words.Length * 2L));
        return ref _words[word];
    }
}
