using RocksDbSharp;
using Webhook.Actors.Events;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The open database: its families, settings, and the calls that the log needs. Any number of threads read; one writes.</summary>
/// <remarks>
/// Settings follow what was measured (docs/decisions/0001-event-log.md): keys of blocks only ever grow, so a flushed table is moved to the last level by name only, and trim drops
/// whole tables. Every commit is a value of its own with its own checksum, so a damaged record of the write-ahead log costs that commit and not those after it: recovery skips it.
/// </remarks>
internal sealed unsafe class RocksDbStore : IDisposable
{
    // The default family, because a repair always knows it, also when its only table is the one that was lost.
    private static readonly string BlocksFamily = ColumnFamilies.DefaultName;
    private const string CursorsFamily = "cursors";
    private const string IdempotencyFamily = "idempotency";
    private const string MetaFamily = "meta";
    public const string DeadLettersFamily = "dead-letters";
    public const string AttemptsFamily = "attempts";

    // What the birthmark in the family of records about the log says: which families have theirs. Stores of the first version say nothing, and lack the last two.
    private static ReadOnlySpan<byte> AllFamilies => [2];

    private static readonly ReadOptions PointReads;
    private static readonly ReadOptions RunReads;
    private static readonly WriteOptions Synced;
    private static readonly WriteOptions Unsynced;

    private readonly RocksDbSharp.RocksDb _db;
    private readonly int _memtableBytes;

    // Runs before any member does, and no store opens without its options: so the library is loaded here first.
    static RocksDbStore()
    {
        NativeRocksDb.Load();
        PointReads = new ReadOptions().SetVerifyChecksums(true);
        RunReads = new ReadOptions().SetVerifyChecksums(true).SetFillCache(false).SetReadaheadSize(1024 * 1024);
        Synced = new WriteOptions().SetSync(true);
        Unsynced = new WriteOptions();
    }

    private RocksDbStore(RocksDbSharp.RocksDb db, int memtableBytes)
    {
        _db = db;
        _memtableBytes = memtableBytes;
        Blocks = db.GetColumnFamily(BlocksFamily);
        Cursors = db.GetColumnFamily(CursorsFamily);
        Idempotency = db.GetColumnFamily(IdempotencyFamily);
        Meta = db.GetColumnFamily(MetaFamily);
        DeadLetters = db.GetColumnFamily(DeadLettersFamily);
        Attempts = db.GetColumnFamily(AttemptsFamily);
    }

    public ColumnFamilyHandle Blocks { get; }

    public ColumnFamilyHandle Cursors { get; }

    public ColumnFamilyHandle Idempotency { get; }

    public ColumnFamilyHandle Meta { get; }

    public ColumnFamilyHandle DeadLetters { get; private set; }

    public ColumnFamilyHandle Attempts { get; private set; }

    /// <summary>The settings of the database as a whole.</summary>
    public static DbOptions Options(int memtableBytes) => Common(new DbOptions(), memtableBytes)
        .SetCreateIfMissing(true)
        .SetCreateMissingColumnFamilies(true)
        .SetParanoidChecks(true)
        .SetWalRecoveryMode(Recovery.SkipAnyCorruptedRecords)
        .SetRecycleLogFileNum(8)
        .SetMaxTotalWalSize((ulong)memtableBytes * 3)
        .SetUseDirectIoForFlushAndCompaction(true)
        .SetMaxBackgroundFlushes(1)
        .SetMaxBackgroundCompactions(1)
        .SetStatsDumpPeriodSec(0)
        .SetInfoLogLevel(InfoLogLevel.Warn)
        .SetKeepLogFileNum(2)
        .SetMaxLogFileSize(1024 * 1024);

    /// <exception cref="RocksDbException">It cannot be opened as it is.</exception>
    public static RocksDbStore Open(string path, DbOptions options, int memtableBytes)
    {
        var store = new RocksDbStore(RocksDbSharp.RocksDb.Open(options, path, Families(memtableBytes)), memtableBytes);
        store.MarkBirth();
        return store;
    }

    /// <summary>Builds a new manifest from the tables and write-ahead logs that can be read; what cannot goes to the folder <c>lost</c>.</summary>
    public static void Repair(string path, DbOptions options)
    {
        Native.Instance.rocksdb_repair_db(options.Handle, path);
        GC.KeepAlive(options);
    }

    /// <summary>RocksDB's errors reach us as texts that begin with their kind.</summary>
    public static bool IsCorruption(RocksDbException e) => e.Message.Contains("Corruption", StringComparison.Ordinal);

    public void Write(WriteBatch batch, bool sync) => _db.Write(batch, sync ? Synced : Unsynced);

    /// <summary>Makes durable what was written unsynced before.</summary>
    public void Sync() => Native.Instance.rocksdb_flush_wal(_db.Handle, 1);

    public Iterator NewRun(ColumnFamilyHandle family) => _db.NewIterator(family, RunReads);

    public bool Has(ColumnFamilyHandle family, byte[] key) => _db.HasKey(key, family, PointReads);

    public byte[]? Get(ColumnFamilyHandle family, ReadOnlySpan<byte> key) => _db.Get(key, family, PointReads);

    /// <summary>A value straight from the store's own memory into a rented array.</summary>
    /// <exception cref="RocksDbException">The table is damaged there.</exception>
    public byte[]? GetRented(ColumnFamilyHandle family, ReadOnlySpan<byte> key, out int length)
    {
        length = 0;
        IntPtr slice;
        fixed (byte* k = key)
            slice = Native.Instance.rocksdb_get_pinned_cf(_db.Handle, PointReads.Handle, family.Handle, k, (nuint)key.Length);
        if (slice == IntPtr.Zero) return null;
        try
        {
            var value = (byte*)Native.Instance.rocksdb_pinnableslice_value(slice, out var size);
            length = checked((int)size);
            var memory = EventMemory.Rent(length);
            new ReadOnlySpan<byte>(value, length).CopyTo(memory);
            return memory;
        }
        finally
        {
            Native.Instance.rocksdb_pinnableslice_destroy(slice);
        }
    }

    /// <summary>An iterator stops at the end and at damage alike; this tells them apart.</summary>
    /// <exception cref="RocksDbException">It was damage.</exception>
    public static void ThrowIfDamaged(Iterator iterator) => Native.Instance.rocksdb_iter_get_error(iterator.Handle);

    /// <summary>Drops the tables that hold nothing but blocks of this partition before <paramref name="block"/>. Never leaves a tombstone behind.</summary>
    public void DropTablesBefore(int partition, long block)
    {
        Span<byte> keys = stackalloc byte[2 * StoreKeys.BlockSize];
        StoreKeys.WriteBlock(keys, partition, 0);
        StoreKeys.WriteBlock(keys[StoreKeys.BlockSize..], partition, block - 1);
        fixed (byte* k = keys)
        {
            Native.Instance.rocksdb_delete_file_in_range_cf(
                _db.Handle, Blocks.Handle, k, StoreKeys.BlockSize, k + StoreKeys.BlockSize, StoreKeys.BlockSize);
        }
    }

    /// <summary>Which blocks each table says it holds; the cheap way to find holes, since all of a freshly opened store is in tables.</summary>
    public List<TableExtent> BlockTables(int partition)
    {
        var extents = new List<TableExtent>();
        EachTable(BlocksFamily, (files, i) =>
        {
            var first = new ReadOnlySpan<byte>((byte*)Native.Instance.rocksdb_livefiles_smallestkey(files, i, out var firstSize), (int)firstSize);
            var last = new ReadOnlySpan<byte>((byte*)Native.Instance.rocksdb_livefiles_largestkey(files, i, out var lastSize), (int)lastSize);
            if (!StoreKeys.IsBlockOf(first, partition)) return;
            var whole = StoreKeys.IsBlockOf(last, partition);
            extents.Add(new TableExtent(
                StoreKeys.ReadBlock(first), whole ? StoreKeys.ReadBlock(last) : long.MaxValue, whole ? (long)Native.Instance.rocksdb_livefiles_entries(files, i) : 0));
        });
        return extents;
    }

    /// <summary>The files of one family's tables, by name.</summary>
    public List<string> TablesOf(string family)
    {
        var names = new List<string>();
        EachTable(family, (files, i) => names.Add(Text(Native.Instance.rocksdb_livefiles_name(files, i))!.TrimStart('/')));
        return names;
    }

    /// <summary>Drops a family with all its tables, read or not, and begins it anew with what is in <paramref name="table"/>, a finished table file.</summary>
    public void Replace(string family, string table)
    {
        _db.DropColumnFamily(family);
        var created = _db.CreateColumnFamily(OptionsOf(family, _memtableBytes), family);
        if (family == DeadLettersFamily) DeadLetters = created;
        else Attempts = created;
        _db.IngestExternalFiles([table], new IngestExternalFileOptions(), created);
    }

    public void Dispose() => _db.Dispose();

    private void MarkBirth()
    {
        var mark = Get(Meta, StoreKeys.Birthmark);
        if (mark.AsSpan().SequenceEqual(AllFamilies)) return;
        ColumnFamilyHandle[] unmarked = mark is null ? [Cursors, Idempotency, DeadLetters, Attempts, Meta] : [DeadLetters, Attempts, Meta];
        using var batch = new WriteBatch();
        foreach (var family in unmarked) batch.Put(StoreKeys.Birthmark, AllFamilies, family);
        Write(batch, sync: true);
        var flush = new FlushOptions().SetWaitForFlush(true);
        foreach (var family in unmarked) Native.Instance.rocksdb_flush_cf(_db.Handle, flush.Handle, family.Handle);
        GC.KeepAlive(flush);
    }

    private void EachTable(string family, Action<IntPtr, int> take)
    {
        var files = Native.Instance.rocksdb_livefiles(_db.Handle);
        try
        {
            for (var i = 0; i < Native.Instance.rocksdb_livefiles_count(files); i++)
                if (Text(Native.Instance.rocksdb_livefiles_column_family_name(files, i)) == family) take(files, i);
        }
        finally
        {
            Native.Instance.rocksdb_livefiles_destroy(files);
        }
    }

    private static string? Text(IntPtr text) => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(text);

    private static ColumnFamilies Families(int memtableBytes)
    {
        var families = new ColumnFamilies(Common(new ColumnFamilyOptions(), memtableBytes));
        foreach (var family in (string[])[CursorsFamily, IdempotencyFamily, MetaFamily, DeadLettersFamily, AttemptsFamily]) families.Add(family, OptionsOf(family, memtableBytes));
        return families;
    }

    private static ColumnFamilyOptions OptionsOf(string family, int memtableBytes)
    {
        var options = Small(Math.Min(memtableBytes, 4 * 1024 * 1024));
        return family is IdempotencyFamily or DeadLettersFamily
            ? options.SetBlockBasedTableFactory(new BlockBasedTableOptions().SetBlockSize(16 * 1024).SetFilterPolicy(BloomFilterPolicy.Create(10, false)))
            : options;
    }

    private static ColumnFamilyOptions Small(int memtableBytes) =>
        new ColumnFamilyOptions().SetCompression(Compression.No).SetWriteBufferSize((ulong)memtableBytes);

    private static T Common<T>(T options, int memtableBytes)
        where T : Options<T> => options
        .SetCompression(Compression.No)
        .SetWriteBufferSize((ulong)memtableBytes)
        .SetMaxWriteBufferNumber(3)
        .SetNumLevels(2)
        .SetLevel0FileNumCompactionTrigger(1)
        .SetTargetFileSizeBase((ulong)memtableBytes)
        .SetMaxBytesForLevelBase(1UL << 50)
        .SetBlockBasedTableFactory(new BlockBasedTableOptions().SetBlockSize(32 * 1024));
}

/// <summary>The blocks of one table; <paramref name="Entries"/> is less than the extent when some are missing.</summary>
internal readonly record struct TableExtent(long FirstBlock, long LastBlock, long Entries)
{
    public bool Whole => Entries == LastBlock - FirstBlock + 1;
}
