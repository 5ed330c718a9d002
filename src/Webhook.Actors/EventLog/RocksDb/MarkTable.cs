using System.Buffers.Binary;
using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The inputs' marks, in memory and in the store: written with the block whose events they cover.</summary>
/// <remarks>
/// <para>A lost or an older mark would make its input read again what is stored already. So each is written twice, into the family of records about the log and into that of the cursors, with
/// a number that only grows: damage in one family costs nothing, and what a repair brings back of an older one is known for that, since of the two the newer counts.</para>
/// <para>Value: i64 number, little endian; then the input's own bytes.</para>
/// </remarks>
internal sealed class MarkTable
{
    private const int NumberSize = 8;

    private readonly Dictionary<string, InputMark> _all = [];
    private readonly Lock _lock = new();

    // Of the writing thread: the highest number given out.
    private long _number;

    /// <exception cref="RocksDbException">A family is damaged.</exception>
    public void Load(RocksDbStore store)
    {
        var found = new Dictionary<string, (long Number, InputMark Mark)>();
        Load(store, store.Meta, found);
        Load(store, store.Cursors, found);
        lock (_lock)
        {
            _all.Clear();
            foreach (var (input, newest) in found) _all[input] = newest.Mark;
        }

        foreach (var (number, _) in found.Values) _number = Math.Max(_number, number);
    }

    public InputMark? Find(string input)
    {
        lock (_lock) return _all.GetValueOrDefault(input);
    }

    public IReadOnlyList<InputMark> All()
    {
        lock (_lock) return [.. _all.Values.OrderBy(static mark => mark.Input, StringComparer.Ordinal)];
    }

    /// <summary>Puts it into the batch; <see cref="Written"/> when that is stored.</summary>
    public void Put(RocksDbStore store, WriteBatch batch, InputMark mark)
    {
        var key = StoreKeys.Mark(mark.Input);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length - 1, InputMark.MaxNameBytes, nameof(mark));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark.Value.Length, InputMark.MaxValueBytes, nameof(mark));
        var value = new byte[NumberSize + mark.Value.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, ++_number);
        mark.Value.CopyTo(value.AsMemory(NumberSize));
        batch.Put(key, value, store.Meta);
        batch.Put(key, value, store.Cursors);
    }

    public void Written(IReadOnlyList<InputMark> marks)
    {
        if (marks.Count == 0) return;
        lock (_lock)
        {
            foreach (var mark in marks) _all[mark.Input] = mark;
        }
    }

    private static void Load(RocksDbStore store, ColumnFamilyHandle family, Dictionary<string, (long Number, InputMark Mark)> found)
    {
        using var iterator = store.NewRun(family);
        for (iterator.Seek(StoreKeys.FirstMark); iterator.Valid() && StoreKeys.IsMark(iterator.GetKeySpan()); iterator.Next())
        {
            var value = iterator.GetValueSpan();
            if (value.Length < NumberSize) continue;
            var number = BinaryPrimitives.ReadInt64LittleEndian(value);
            var input = StoreKeys.ReadMark(iterator.GetKeySpan());
            if (found.TryGetValue(input, out var other) && other.Number >= number) continue;
            found[input] = (number, new InputMark(input, value[NumberSize..].ToArray()));
        }

        RocksDbStore.ThrowIfDamaged(iterator);
    }
}
